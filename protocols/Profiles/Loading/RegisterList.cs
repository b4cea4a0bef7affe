using System.Globalization;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>Reads <c>registers:</c> with its repeats.</summary>
internal sealed class RegisterList(FileContext context)
{
    /// <summary>More tags than this in one device is a mistake in a repeat.</summary>
    private const int MostTags = 2000;

    private readonly RegisterReader _reader = new(context);

    public IReadOnlyList<LoadedRegister> Read(MapReader profile)
    {
        if (profile.List("registers").Count == 0)
            profile.Error(Codes.MissingKey, profile.Map.At, "the profile has no registers", "add  registers:  with one line for each value.");
        var found = new List<LoadedRegister>();
        foreach (var entry in profile.Blocks("registers", "a register"))
        {
            if (entry.Map.Find("repeat") is not null)
                ReadRepeat(entry, found);
            else
                found.AddRange(_reader.Read(Named(entry, null), 0));
        }

        if (found.Count > MostTags)
            profile.Error(Codes.WrongValue, profile.At("registers"), $"{found.Count} tags in one device, at most {MostTags} are allowed", "check the numbers of the repeats.");
        return found;
    }

    private void ReadRepeat(MapReader entry, List<LoadedRegister> found)
    {
        if (entry.Block("repeat", "a repeat") is not { } repeat)
            return;
        var step = (int)(repeat.Integer("step", 1, 10_000) ?? 0);
        if (!repeat.Has("step"))
            repeat.Error(Codes.MissingKey, repeat.Map.At, "the repeat has no \"step\"", "add  step: 2  (registers from one to the next).");
        if (repeat.Text("present_when") is not null)
            context.NotActedOn.Add("present_when conditions");
        var (variable, first, last) = Repeats.Read(repeat);
        repeat.Done();
        context.NotActedOn.Add("calculated tags", entry.List("calculate").Count * (last - first + 1));
        for (var n = first; n <= last && found.Count <= MostTags; n++)
        {
            foreach (var register in entry.Blocks("registers", "a register"))
                found.AddRange(_reader.Read(Named(register, new(variable, n)), (n - first) * step));
        }

        entry.Done();
    }

    private MapReader Named(MapReader entry, Substitution? substitution)
    {
        var tag = (entry.Map.Find("tag")?.Value as YamlScalar)?.Text;
        return new MapReader(entry.Map, context.Problems, tag is null ? "a register" : $"register \"{substitution?.Apply(tag) ?? tag}\"", substitution);
    }
}

/// <summary>The numbers of a repeat: one key that is not another word of the repeat, <c>n: 1-24</c>.</summary>
public static class Repeats
{
    private const int Most = 500;

    /// <summary>An empty stretch (0 to -1) when the repeat cannot be read; the reason is among the problems.</summary>
    public static (string Variable, int First, int Last) Read(MapReader repeat)
    {
        var key = repeat.Map.Entries.FirstOrDefault(e => e.Key.Length == 1 && char.IsAsciiLetterLower(e.Key[0]))?.Key;
        if (key is null)
        {
            repeat.Error(Codes.MissingKey, repeat.Map.At, "the repeat has no numbers", "add  n: 1-6");
            return ("n", 0, -1);
        }

        var text = repeat.Text(key) ?? "";
        var parts = text.Split('-');
        if (parts.Length == 2 && TryNumber(parts[0], out var first) && TryNumber(parts[1], out var last) && first <= last && last - first < Most)
            return (key, first, last);
        repeat.Error(Codes.WrongValue, repeat.At(key), $"\"{text}\" is no stretch of numbers (at most {Most})", $"write  {key}: 1-6");
        return (key, 0, -1);
    }

    private static bool TryNumber(string text, out int number) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
