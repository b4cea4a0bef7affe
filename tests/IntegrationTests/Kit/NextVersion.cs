using System.Globalization;
using System.Text.Json.Nodes;

namespace Penstock.IntegrationTests.Kit;

/// <summary>What becomes of a record that a later version writes.</summary>
internal enum Fate
{
    /// <summary>Stored, with what is not understood in it.</summary>
    Kept,
    /// <summary>In the dead letters, byte for byte, with the reason; its number is <c>dead</c> in the ledger.</summary>
    DeadLetter,
}

/// <summary>
/// Records of an imagined next version, by the names of the table "Versions" in ARCHITECTURE.md, which says what becomes of
/// them. Written by hand: nothing of the product makes them.
/// </summary>
internal static class NextVersion
{
    private const string Plain = """{"v":1,"site":"north","device":"meter","tag":"t1","kind":"plc","ts":"2026-03-01T12:00:00Z","value":1,"unit":"V","q":"good","agent":"a1","epoch":"e1","seq":0}""";
    private const string Event = """{"v":1,"event":"device-state","site":"north","device":"meter","ts":"2026-03-01T12:00:00Z","state":"bad","agent":"a1","epoch":"e1","seq":0}""";
    private const string Gap = """{"v":1,"event":"gap","site":"north","ts":"2026-03-01T12:00:00Z","gap":{"from":"2026-03-01T11:00:00.000000Z","to":"2026-03-01T12:00:00.000000Z","cause":"stopped"},"agent":"a1","epoch":"e1","seq":0}""";

    /// <summary>A record of this version.</summary>
    public static string Good(long seq) => Numbered(Plain, seq);

    /// <summary>By the name in the table: the record with a number.</summary>
    public static IReadOnlyDictionary<string, Func<long, string>> Records { get; } = new Dictionary<string, Func<long, string>>
    {
        ["reading with an unknown field"] = With(Plain, "\"q\"", "\"phase\":{\"l\":[1,2]},\"q\""),
        ["event with an unknown field"] = With(Event, "\"state\"", "\"cause_code\":17,\"state\""),
        ["event of an unknown kind"] = With(Event, "device-state", "recipe-start"),
        ["gap with an unknown cause"] = With(Gap, "\"stopped\"", "\"maintenance\""),
        ["reading of `v` 2"] = With(Plain, "\"v\":1", "\"v\":2"),
        ["event of `v` 2"] = With(Event, "\"v\":1", "\"v\":2"),
        ["reading of an unknown `kind`"] = With(Plain, "\"plc\"", "\"robot\""),
        ["reading of an unknown quality"] = With(Plain, "\"good\"", "\"estimated\""),
        ["reading of an unknown clock state"] = With(Plain, "\"agent\"", "\"clock\":\"gps\",\"agent\""),
        ["reading whose value is no number"] = With(Plain, "\"value\":1", "\"value\":[1,2]"),
    };

    /// <summary>What ARCHITECTURE.md says about each; its row must be there.</summary>
    public static Fate FateOf(string name) => Outcome(name) switch
    {
        var text when text.StartsWith("kept", StringComparison.Ordinal) => Fate.Kept,
        var text when text.StartsWith("dead letter", StringComparison.Ordinal) => Fate.DeadLetter,
        var text => throw new InvalidOperationException($"{name}: '{text}' is no fate of a record"),
    };

    /// <summary>The second column of a row of the table.</summary>
    public static string Outcome(string name)
    {
        var table = File.ReadAllText(Repository.Path("ARCHITECTURE.md")).Split("## Versions\n")[1].Split("\n## ")[0];
        var row = table.Split('\n').FirstOrDefault(line => line.StartsWith($"| {name} |", StringComparison.Ordinal));
        return row?.Split('|')[2].Trim() ?? throw new InvalidOperationException($"ARCHITECTURE.md has no row '{name}' below \"Versions\"");
    }

    /// <summary>True when <paramref name="stored"/> has the fields of the record, with equal values.</summary>
    public static bool Holds(string stored, string record)
    {
        var (have, want) = (JsonNode.Parse(stored)!.AsObject(), JsonNode.Parse(record)!.AsObject());
        return want.All(field => JsonNode.DeepEquals(have[field.Key], field.Value));
    }

    private static Func<long, string> With(string record, string what, string instead) =>
        seq => Numbered(record.Replace(what, instead, StringComparison.Ordinal), seq);

    // One second a number, so that each record stands apart on the time axis.
    private static string Numbered(string record, long seq) => record
        .Replace("\"seq\":0", string.Create(CultureInfo.InvariantCulture, $"\"seq\":{seq}"), StringComparison.Ordinal)
        .Replace("\"ts\":\"2026-03-01T12:00:00Z\"", string.Create(CultureInfo.InvariantCulture, $"\"ts\":\"2026-03-01T12:{seq / 60:00}:{seq % 60:00}.000000Z\""), StringComparison.Ordinal);
}
