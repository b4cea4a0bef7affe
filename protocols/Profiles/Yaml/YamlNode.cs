namespace Penstock.Protocols.Profiles.Yaml;

/// <summary>A place in a file. Line and column count from 1; <paramref name="Length"/> in characters of that line.</summary>
public readonly record struct SourceSpan(int Line, int Column, int Length);

/// <summary>A node of a YAML file with its place.</summary>
public abstract class YamlNode(SourceSpan at)
{
    public SourceSpan At { get; } = at;

    /// <summary>For messages: <c>a single value</c>, <c>a list</c>, <c>a block of keys</c>.</summary>
    public abstract string Form { get; }
}

/// <summary>A single value, kept as the text that was typed: <c>00017</c>, <c>off</c> and <c>1.10</c> stay what they are.</summary>
public sealed class YamlScalar(SourceSpan at, string text, bool isQuoted = false) : YamlNode(at)
{
    public string Text { get; } = text;

    /// <summary>True when it stood in quotes or a text block; it makes no difference to its meaning here.</summary>
    public bool IsQuoted { get; } = isQuoted;

    public override string Form => "a single value";
}

/// <summary>A list of nodes.</summary>
public sealed class YamlList(SourceSpan at, IReadOnlyList<YamlNode> items) : YamlNode(at)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;

    public override string Form => "a list";
}

/// <summary>Keys and values in the order of the file; every key once.</summary>
public sealed class YamlMap(SourceSpan at, IReadOnlyList<YamlEntry> entries) : YamlNode(at)
{
    private readonly Dictionary<string, YamlEntry> _byKey = entries.ToDictionary(e => e.Key, StringComparer.Ordinal);

    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    public override string Form => "a block of keys";

    public YamlEntry? Find(string key) => _byKey.GetValueOrDefault(key);
}

/// <summary>One key with the place where it stands, and its value.</summary>
public sealed record YamlEntry(string Key, SourceSpan KeyAt, YamlNode Value);
