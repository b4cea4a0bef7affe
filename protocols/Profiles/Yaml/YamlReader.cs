using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Penstock.Protocols.Profiles.Yaml;

/// <summary>
/// Reads one YAML document into nodes with their places, from YamlDotNet's events: no type is guessed, no object made.
/// Anchors, aliases, type tags, merge keys, tabs as indent, several documents and deep nesting are refused by name.
/// </summary>
public sealed class YamlReader
{
    private const int MaxDepth = 24;
    private const int MaxNodes = 100_000;

    private readonly ProblemList _problems;
    private readonly Parser _parser;
    private int _nodes;

    private YamlReader(ProblemList problems)
    {
        _problems = problems;
        _parser = new Parser(new StringReader(problems.Source.Text));
    }

    /// <summary>The top level of the file, which has to be a block of keys; null when it cannot be read, with the reason in the list.</summary>
    public static YamlMap? Read(ProblemList problems)
    {
        if (FindTabs(problems))
            return null;
        var reader = new YamlReader(problems);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException e)
        {
            return reader.Unreadable(Span(e.Start, e.End), Plain(e.Message));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // The scanner gives up like this on some open brackets; the last thing it did read is the nearest place there is.
            var last = reader._parser.Current?.End ?? Mark.Empty;
            return reader.Unreadable(Span(last, last), "a bracket or quote is opened here and not closed");
        }
    }

    private YamlMap? Unreadable(SourceSpan at, string why)
    {
        _problems.Error(Codes.NotText, at, "is not readable as YAML: " + why, repair: "look at indent, colons and quotes of this line and the line before; text with : # { } [ ] , & * ! | > ' \" % @ needs quotes.");
        return null;
    }

    private static bool FindTabs(ProblemList problems)
    {
        var found = false;
        for (var i = 0; i < problems.Source.Lines.Count; i++)
        {
            var line = problems.Source.Lines[i];
            var tab = line.AsSpan(0, line.Length - line.AsSpan().TrimStart().Length).IndexOf('\t');
            if (tab < 0)
                continue;
            found = true;
            problems.Error(Codes.NotText, new(i + 1, tab + 1, 1), "a tab is used for indent", repair: "use spaces; most editors can convert tabs to spaces.");
        }

        return found;
    }

    private YamlMap? ReadDocument()
    {
        Next<StreamStart>();
        if (!_parser.MoveNext() || _parser.Current is not DocumentStart)
        {
            _problems.Error(Codes.Unreadable, new(1, 1, 1), "the file is empty", repair: "start with the line  profile: 1  or  site: 1");
            return null;
        }

        _parser.MoveNext();
        var root = ReadNode(0);
        Next<DocumentEnd>();
        if (_parser.MoveNext() && _parser.Current is DocumentStart second)
            _problems.Error(Codes.NotText, Span(second.Start, second.End), "a second document begins here", repair: "one file, one document: remove the line ---");
        if (root is YamlMap map)
            return map;
        _problems.Error(Codes.WrongValue, root.At, $"the file has to be a block of keys, it is {root.Form}", repair: "start with the line  profile: 1  or  site: 1");
        return null;
    }

    private void Next<T>()
        where T : ParsingEvent
    {
        if (!_parser.MoveNext() || _parser.Current is not T)
            throw new SyntaxErrorException(_parser.Current?.Start ?? Mark.Empty, _parser.Current?.End ?? Mark.Empty, "the document does not end where it should");
    }

    /// <summary>Reads the node whose event is current; leaves the parser on its last event.</summary>
    private YamlNode ReadNode(int depth)
    {
        var current = _parser.Current!; // a MoveNext that returned true stands before every call
        if (depth > MaxDepth || ++_nodes > MaxNodes)
            throw new SyntaxErrorException(current.Start, current.End, depth > MaxDepth ? "nested deeper than 24 levels" : "more than 100,000 values");
        Refuse(current);
        return current switch
        {
            Scalar scalar => new YamlScalar(Span(scalar), scalar.Value, scalar.Style != ScalarStyle.Plain),
            SequenceStart start => ReadList(start, depth),
            MappingStart start => ReadMap(start, depth),
            AnchorAlias alias => new YamlScalar(Span(alias), alias.Value.ToString()),
            _ => throw new SyntaxErrorException(current.Start, current.End, "a value is missing"),
        };
    }

    private void Refuse(ParsingEvent current)
    {
        var what = current switch
        {
            AnchorAlias => "an alias (*name)",
            NodeEvent { Anchor.IsEmpty: false } => "an anchor (&name)",
            NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } } => "a type tag (!name)",
            _ => null,
        };
        if (what is not null)
            _problems.Error(Codes.NotText, Span(current), $"{what} is not read", repair: "write the value out; profiles and site files use no anchors, aliases or type tags.");
    }

    private YamlList ReadList(SequenceStart start, int depth)
    {
        var items = new List<YamlNode>();
        while (MoveInside(start) && _parser.Current is not SequenceEnd)
            items.Add(ReadNode(depth + 1));
        return new YamlList(SpanOfStart(start), items);
    }

    private YamlMap ReadMap(MappingStart start, int depth)
    {
        var entries = new List<YamlEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (MoveInside(start) && _parser.Current is not MappingEnd)
        {
            var key = ReadNode(depth + 1);
            MoveInside(start);
            var value = ReadNode(depth + 1);
            if (key is not YamlScalar name)
                _problems.Error(Codes.NotText, key.At, $"a key has to be a single word, here it is {key.Form}", repair: "write  key: value; a text with { or [ needs quotes.");
            else if (!lines.TryAdd(name.Text, name.At.Line))
                _problems.Error(Codes.Twice, name.At, $"the key \"{name.Text}\" stands twice in this block", note: $"first on line {lines[name.Text]}", repair: "keep one of them.");
            else
                entries.Add(new YamlEntry(name.Text, name.At, value));
        }

        return new YamlMap(SpanOfStart(start), entries);
    }

    private bool MoveInside(ParsingEvent start) =>
        _parser.MoveNext() ? true : throw new SyntaxErrorException(start.Start, start.End, "this block does not end");

    private static SourceSpan Span(ParsingEvent e) => Span(e.Start, e.End);

    private static SourceSpan SpanOfStart(ParsingEvent e) => new((int)e.Start.Line, (int)e.Start.Column, 1);

    private static SourceSpan Span(Mark start, Mark end)
    {
        var length = end.Line == start.Line ? (int)(end.Column - start.Column) : 1;
        return new((int)Math.Max(1, start.Line), (int)Math.Max(1, start.Column), Math.Max(1, length));
    }

    /// <summary>The library's message without its own place, which is printed before it.</summary>
    private static string Plain(string message)
    {
        var colon = message.StartsWith("(Line", StringComparison.Ordinal) ? message.IndexOf("): ", StringComparison.Ordinal) : -1;
        var text = colon >= 0 ? message[(colon + 3)..] : message;
        return text.TrimEnd('.');
    }
}
