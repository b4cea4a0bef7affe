using System.Text;
using System.Text.Json;
using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.UnitTests.Outbox;

/// <summary>Records for the tests of the outbox.</summary>
internal static class Sample
{
    private static readonly Timestamp Start = Timestamp.Parse("2026-01-31T12:00:00Z");

    public static Reading Reading(int number) => new()
    {
        Site = "north",
        Device = "meter-1",
        Tag = "voltage_l1",
        Kind = Kinds.Plc,
        Ts = Start + TimeSpan.FromSeconds(number),
        Value = number,
        Unit = "V",
    };

    public static IEnumerable<JsonElement> Objects(OutboxGroup group) =>
        Encoding.UTF8.GetString(group.Lines.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement);

    public static IEnumerable<long> Seqs(OutboxGroup group) => Objects(group).Select(item => item.GetProperty("seq").GetInt64());
}
