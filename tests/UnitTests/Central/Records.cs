using System.Globalization;
using System.Text;
using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.UnitTests.Central;

/// <summary>Records of an imagined plant, for the tests of the centre.</summary>
internal static class Records
{
    public static readonly Timestamp Noon = Timestamp.Parse("2026-03-01T12:00:00Z");

    public static Reading Reading(
        long seq, double? value = 1, double seconds = 0, string tag = "t1", string epoch = "e1", Quality q = Quality.Good, string agent = "a1") => new()
        {
            Site = "north",
            Device = "meter",
            Tag = tag,
            Kind = Kinds.Plc,
            Ts = Noon + TimeSpan.FromSeconds(seconds),
            Value = value,
            Unit = "V",
            Q = q,
            Why = q == Quality.Good ? null : "no answer",
            Agent = agent,
            Epoch = epoch,
            Seq = seq,
        };

    public static Event Gap(long seq, string epoch = "e1", params SeqRange[] numbers) => new()
    {
        Kind = EventKinds.Gap,
        Site = "north",
        Device = "meter",
        Ts = Noon,
        Message = "the outbox was damaged",
        Gap = new() { From = Noon - TimeSpan.FromMinutes(1), To = Noon, Cause = GapCauses.OutboxDamaged, Numbers = numbers.Length == 0 ? null : numbers },
        Agent = "a1",
        Epoch = epoch,
        Seq = seq,
    };

    public static TagInfo Tag(string tag = "t1", string? was = null) => new()
    {
        Site = "north",
        Device = "meter",
        Tag = tag,
        Kind = Kinds.Plc,
        Type = "number",
        Unit = "V",
        Was = was,
        Ts = Noon,
        Agent = "a1",
    };

    public static RecordGroup Group(params IEnumerable<Reading> readings) => new([.. readings.Select((r, i) => new Numbered<Reading>(i + 1, r))], [], []);

    public static RecordGroup Group(params IEnumerable<Event> events) => new([], [.. events.Select((e, i) => new Numbered<Event>(i + 1, e))], []);

    public static RecordGroup Refused(params IEnumerable<RefusedLine> lines) => new([], [], [.. lines]);

    public static RefusedLine Refusal(long? seq, string text = "garbage") => new(1, seq is null ? null : "a1", seq is null ? null : "e1", seq, "no record", Encoding.UTF8.GetBytes(text));

    /// <summary>One line of a body, at the present time.</summary>
    public static string Line(long seq, double value = 1, string tag = "t1", TimeSpan? age = null)
    {
        var ts = Timestamp.Now(TimeProvider.System) - (age ?? TimeSpan.Zero);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"v":1,"site":"north","device":"meter","tag":"{{tag}}","kind":"plc","ts":"{{ts}}","value":{{value}},"unit":"V","q":"good","agent":"a1","epoch":"e1","seq":{{seq}}}""");
    }
}
