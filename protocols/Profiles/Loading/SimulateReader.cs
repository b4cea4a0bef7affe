using Penstock.Protocols.Profiles.Simulation;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>Reads <c>simulate:</c>. What needs an expression or a generator of a later version is counted, and the tag plays its default.</summary>
internal static class SimulateReader
{
    private static readonly Dictionary<string, FaultEffect> Effects = new()
    {
        ["no-answer"] = FaultEffect.NoAnswer,
        ["exception"] = FaultEffect.Exception,
        ["frozen"] = FaultEffect.Frozen,
        ["slow"] = FaultEffect.Slow,
    };

    private static readonly string[] LaterEffects = ["bad-crc", "wrong-unit", "sentinel", "jump", "restart"];

    public static SimulationPlan Read(MapReader profile, FileContext context, IReadOnlyList<LoadedRegister> registers)
    {
        if (profile.Block("simulate", "the simulation") is not { } reader)
            return new();
        var tags = registers.Select(r => r.Definition.Tag).ToArray();
        var generators = new List<TagGenerator>();
        var faults = reader.Blocks("faults", "a fault").Select(f => ReadFault(f, context, tags)).OfType<SimulatedFault>().ToArray();
        foreach (var entry in reader.Map.Entries.Where(e => e.Key != "faults"))
        {
            if (reader.Block(entry.Key, $"the simulation of {entry.Key}") is { } block && ReadTag(entry, block, context, tags) is { } generator)
                generators.Add(generator);
        }

        reader.Done();
        return new() { Tags = generators, Faults = faults };
    }

    private static TagGenerator? ReadTag(YamlEntry entry, MapReader reader, FileContext context, string[] tags)
    {
        var noise = ReadNoise(reader, context);
        reader.Allow("lag");
        var generator = GeneratorReader.Read(reader, out var later);
        reader.Done();
        if (later || generator is null)
        {
            context.NotActedOn.Add("simulated values by formula or of a later version");
            return null;
        }

        if (tags.Any(t => NamePattern.Fits(entry.Key, t)))
            return new TagGenerator(entry.Key, generator, noise);
        reader.Error(Codes.WrongValue, entry.KeyAt, $"no register has the tag \"{entry.Key}\"", NearestName.Suggest(entry.Key, tags));
        return null;
    }

    private static double ReadNoise(MapReader reader, FileContext context)
    {
        if (reader.Node("noise") is not YamlScalar { Text: var text } || !text.EndsWith('%'))
            return Math.Abs(reader.Number("noise") ?? 0);
        context.NotActedOn.Add("simulated noise in %");
        return 0;
    }

    private static SimulatedFault? ReadFault(MapReader reader, FileContext context, string[] tags)
    {
        var name = reader.Text("name") ?? "fault";
        var conditional = reader.Text("when") is not null;
        var tag = reader.Text("tag");
        var value = reader.Number("value");
        var later = conditional || (reader.Node("effect") is YamlScalar { Text: var word } && LaterEffects.Contains(word));
        var effect = later ? FaultEffect.NoAnswer : reader.Choice("effect", Effects) ?? (tag is null ? null : FaultEffect.Value);
        var every = reader.Duration("every", TimeSpan.FromSeconds(1), TimeSpan.FromDays(365));
        var lasts = reader.Duration("for", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)) ?? TimeSpan.FromSeconds(5);
        reader.Done();
        if (later)
            context.NotActedOn.Add("simulated faults of a later version");
        if (later || effect is not { } e)
            return null;
        if (tag is not null && !tags.Contains(tag))
            reader.Error(Codes.WrongValue, reader.At("tag"), $"no register has the tag \"{tag}\"", NearestName.Suggest(tag, tags));
        if (every is { } interval && lasts < interval)
            return new(name, e, interval, lasts, tag, value ?? 0);
        reader.Error(Codes.WrongValue, reader.At("every"), $"the fault \"{name}\" does not say how often it comes, or lasts longer than that", "write  every: 10min, for: 20s");
        return null;
    }
}

/// <summary>Names with <c>*</c> for any characters.</summary>
public static class NamePattern
{
    public static bool Fits(string pattern, string name) =>
        pattern.Contains('*', StringComparison.Ordinal) ? System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false) : pattern == name;
}
