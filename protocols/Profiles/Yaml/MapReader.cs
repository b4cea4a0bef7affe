using System.Globalization;

namespace Penstock.Protocols.Profiles.Yaml;

/// <summary>
/// Takes typed values out of a block of keys and collects every problem on the way. A key nobody asked for is unknown:
/// <see cref="Done"/> says so and names the nearest key that was asked for.
/// </summary>
public sealed class MapReader(YamlMap map, ProblemList problems, string what, Substitution? substitution = null)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public YamlMap Map { get; } = map;

    public ProblemList Problems { get; } = problems;

    /// <summary>For messages: <c>a register</c>, <c>the connection</c>.</summary>
    public string What { get; } = what;

    public Substitution? Substitution { get; } = substitution;

    public bool Has(string key)
    {
        _known.Add(key);
        return Map.Find(key) is not null;
    }

    /// <summary>Where the value stands; the block's own place when the key is missing.</summary>
    public SourceSpan At(string key) => Map.Find(key)?.Value.At ?? Map.At;

    public YamlNode? Node(string key)
    {
        _known.Add(key);
        return Map.Find(key)?.Value;
    }

    /// <summary>Names keys that are taken elsewhere or not at all.</summary>
    public void Allow(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            _known.Add(key);
    }

    public string? Text(string key)
    {
        switch (Node(key))
        {
            case null:
                return null;
            case YamlScalar { Text: "" }:
                Error(Codes.WrongValue, Map.Find(key)!.KeyAt, $"\"{key}\" has no value", "write a value behind the colon, or remove the key."); // found one line above
                return null;
            case YamlScalar scalar:
                return Substitution?.Apply(scalar.Text) ?? scalar.Text;
            case var other:
                Error(Codes.WrongValue, other.At, $"\"{key}\" of {What} has to be a single value, it is {other.Form}", $"write  {key}: value");
                return null;
        }
    }

    public string? Required(string key, string example)
    {
        if (!Has(key))
            Error(Codes.MissingKey, Map.At, $"{What} has no \"{key}\"", $"add  {key}: {example}");
        return Text(key);
    }

    public long? Integer(string key, long min, long max, string code = Codes.WrongValue)
    {
        if (Text(key) is not { } text)
            return null;
        if (Scalars.TryInteger(text, out var value) && value >= min && value <= max)
            return value;
        Error(code, At(key), $"\"{key}\" has to be a whole number from {Number(min)} to {Number(max)}, not \"{text}\"", $"write a number in that range, for example  {key}: {Number(Math.Clamp(value, min, max))}");
        return null;
    }

    public double? Number(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (Scalars.TryNumber(text, out var value))
            return value;
        Error(Codes.WrongValue, At(key), $"\"{key}\" has to be a number, not \"{text}\"", text.Contains(',', StringComparison.Ordinal) ? $"write the decimal point as a point:  {key}: {text.Replace(',', '.')}" : $"write a number, for example  {key}: 0.1");
        return null;
    }

    public bool? Flag(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (Scalars.TryFlag(text, out var value))
            return value;
        Error(Codes.WrongValue, At(key), $"\"{key}\" has to be true or false, not \"{text}\"", $"write  {key}: true  or leave the key out.");
        return null;
    }

    public TimeSpan? Duration(string key, TimeSpan min, TimeSpan max, string code = Codes.WrongValue)
    {
        if (Text(key) is not { } text)
            return null;
        if (Scalars.TryDuration(text, out var value) && value >= min && value <= max)
            return value;
        Error(code, At(key), $"\"{key}\" has to be a time from {Durations.Text(min)} to {Durations.Text(max)}, not \"{text}\"", $"write it with its unit: 250ms, 1s, 5min, 24h; for example  {key}: {Durations.Text(value < min ? min : max)}");
        return null;
    }

    /// <summary>One word of a fixed list.</summary>
    public T? Choice<T>(string key, IReadOnlyDictionary<string, T> words, string code = Codes.WrongValue)
        where T : struct
    {
        if (Text(key) is not { } text)
            return null;
        if (words.TryGetValue(text, out var value))
            return value;
        var near = NearestName.Of(text, words.Keys);
        Error(code, At(key), $"\"{key}\" cannot be \"{text}\"", (near is null ? "" : $"did you mean \"{near}\"? ") + $"Known: {string.Join(", ", words.Keys)}.");
        return null;
    }

    public MapReader? Block(string key, string what)
    {
        switch (Node(key))
        {
            case null or YamlScalar { Text: "" }:
                return null;
            case YamlMap block:
                return new MapReader(block, Problems, what, Substitution);
            case var other:
                Error(Codes.WrongValue, other.At, $"\"{key}\" has to be a block of keys, it is {other.Form}", $"write the keys of {what} under it, indented by two spaces.");
                return null;
        }
    }

    public IReadOnlyList<YamlNode> List(string key)
    {
        switch (Node(key))
        {
            case null or YamlScalar { Text: "" }:
                return [];
            case YamlList list:
                return list.Items;
            case var other:
                Error(Codes.WrongValue, other.At, $"\"{key}\" has to be a list, it is {other.Form}", $"write  {key}: [a, b]  or one line with - for each.");
                return [];
        }
    }

    public IEnumerable<MapReader> Blocks(string key, string what)
    {
        foreach (var item in List(key))
        {
            if (item is YamlMap block)
                yield return new MapReader(block, Problems, what, Substitution);
            else
                Error(Codes.WrongValue, item.At, $"every entry of \"{key}\" has to be a block of keys, here is {item.Form}", $"write  - {{key: value, …}}  for {what}.");
        }
    }

    /// <summary>Reports the keys nobody asked for.</summary>
    public void Done()
    {
        foreach (var entry in Map.Entries.Where(e => !_known.Contains(e.Key)))
        {
            var near = NearestName.Of(entry.Key, _known);
            var note = near is null ? null : $"did you mean \"{near}\"?";
            Error(Codes.UnknownKey, entry.KeyAt, $"unknown key \"{entry.Key}\" in {What}", near is null ? NearestName.Suggest(entry.Key, _known) : $"write  {near}:  or remove the line.", note);
        }
    }

    public void Error(string code, SourceSpan at, string message, string repair, string? note = null, string? detail = null) =>
        Problems.Error(code, at, message, note, repair, detail, ContextLine);

    public void Warn(string code, SourceSpan at, string message, string repair, string? note = null, string? detail = null) =>
        Problems.Warn(code, at, message, note, repair, detail, ContextLine);

    /// <summary>The first line of the block, shown above the offending one; none for the top level of a file.</summary>
    private int ContextLine => Map.At.Column > 1 ? Map.At.Line : 0;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The variable of a repeat and its value: <c>{n}</c> in a text becomes the number.</summary>
public sealed record Substitution(string Variable, int Value)
{
    public string Apply(string text) => text.Replace("{" + Variable + "}", Value.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
