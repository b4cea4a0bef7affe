using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>Reads <c>identify:</c> and checks V02: the expected value has to be possible.</summary>
internal static class IdentifyReader
{
    public static IReadOnlyList<IdentifyRule> Read(MapReader profile, FileContext context)
    {
        var rules = new List<IdentifyRule>();
        foreach (var entry in profile.Blocks("identify", "an identify rule"))
        {
            var reader = new MapReader(entry.Map, entry.Problems, "an identify rule");
            if (ReadRule(reader, context) is { } rule)
                rules.Add(rule);
            reader.Done();
        }

        return rules;
    }

    private static IdentifyRule? ReadRule(MapReader reader, FileContext context)
    {
        var expected = reader.Required("equals", "3417");
        var type = reader.Choice("type", RegisterTypes.Words, Codes.Type) ?? RegisterType.UInt16;
        var words = type == RegisterType.Text ? (int)(reader.Integer("length", 1, 125, Codes.TextLength) ?? 1) : type.WordCount();
        var place = AddressReader.Read(reader, context, words, 0);
        var rule = expected is null || place is null ? null : new IdentifyRule(Definition(reader, context, type, place), expected);
        if (rule is not null)
            Check(reader, rule, words);
        return rule;
    }

    private static RegisterDefinition Definition(MapReader reader, FileContext context, RegisterType type, RegisterPlace place) => new()
    {
        Tag = "identify",
        Table = place.Table,
        Addresses = place.Addresses,
        WordsNamed = place.WordsNamed,
        Printed = place.Printed,
        Type = type,
        WordOrder = reader.Choice("word_order", RegisterTypes.Orders) ?? context.Defaults.WordOrder ?? PartOrder.HighFirst,
        ByteOrder = reader.Choice("byte_order", RegisterTypes.Orders) ?? context.Defaults.ByteOrder ?? PartOrder.HighFirst,
        ReadAlone = reader.Flag("read_alone") ?? false,
        Poll = new("once", null),
        Line = reader.Map.At.Line,
    };

    private static void Check(MapReader reader, IdentifyRule rule, int words)
    {
        var type = rule.Register.Type;
        if (type == RegisterType.Text && rule.Expected.Length > words * 2)
            reader.Error(Codes.Identify, reader.At("equals"), $"the text has {rule.Expected.Length} characters, {words} registers hold {words * 2}", "correct  length:  or the text.");
        else if (type != RegisterType.Text && !RawValues.TryRaw(rule.Expected, type, out _))
            reader.Error(Codes.Identify, reader.At("equals"), $"{rule.Expected} cannot be a value of {type.Word()}", "write a raw number the type can hold.");
    }
}

/// <summary>Computes the trust level from <c>sources:</c>, <c>examples:</c> and <c>tested:</c>; it is never typed.</summary>
internal static class TrustLevels
{
    private static readonly Dictionary<string, int> Against = new() { ["simulator"] = 0, ["hardware"] = 3, ["field"] = 4 };

    public static int Read(MapReader profile)
    {
        var level = profile.List("sources").Count >= 2 ? 1 : 0;
        if (profile.List("examples").Count > 0)
            level = 2;
        foreach (var entry in profile.Blocks("tested", "a test"))
        {
            var reader = new MapReader(entry.Map, entry.Problems, "a test");
            reader.Allow("by", "date", "firmware", "notes");
            level = Math.Max(level, reader.Choice("against", Against) ?? 0);
            reader.Done();
        }

        return level;
    }
}
