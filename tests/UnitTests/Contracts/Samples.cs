using System.Buffers;
using System.Text;
using Penstock.Contracts;
using Xunit;

namespace Penstock.UnitTests.Contracts;

/// <summary>Records of every kind beside the bytes they have on the wire.</summary>
internal static class Samples
{
    private static readonly Timestamp Noon = Timestamp.Parse("2026-01-31T12:00:00.123456Z");

    public static Reading Plain { get; } = new()
    {
        Site = "north",
        Device = "meter-1",
        Tag = "voltage_l1",
        Kind = Kinds.Plc,
        Ts = Noon,
        Value = 230.1,
        Unit = "V",
        Agent = "a1",
        Epoch = "e1",
        Seq = 7,
    };

    public const string PlainJson =
        """{"v":1,"site":"north","device":"meter-1","tag":"voltage_l1","kind":"plc","ts":"2026-01-31T12:00:00.123456Z","value":230.1,"unit":"V","q":"good","agent":"a1","epoch":"e1","seq":7}""";

    public static Reading Full { get; } = Plain with
    {
        Value = null,
        Text = "läuft \"A\"\n✓ 🚰",
        Unit = "°C",
        Q = Quality.Bad,
        Why = "no answer",
        Clock = ClockState.Holdover,
        Seq = 9_007_199_254_740_993,
        Late = true,
    };

    public const string FullJson =
        """{"v":1,"site":"north","device":"meter-1","tag":"voltage_l1","kind":"plc","ts":"2026-01-31T12:00:00.123456Z","value":null,"text":"läuft \"A\"\n✓ \uD83D\uDEB0","unit":"°C","q":"bad","why":"no answer","clock":"holdover","agent":"a1","epoch":"e1","seq":9007199254740993,"late":true}""";

    public static Event GapEvent { get; } = new()
    {
        Kind = EventKinds.Gap,
        Site = "north",
        Ts = Noon,
        Message = "the agent ended without closing its outbox",
        Gap = new()
        {
            From = Noon,
            To = Noon + TimeSpan.FromSeconds(2),
            Cause = GapCauses.UncleanStop,
            Tags = ["voltage_l1"],
            Numbers = [new("e0", 11, 20)],
            Samples = 4,
        },
        Clock = ClockState.Stepped,
        Agent = "a1",
        Epoch = "e1",
        Seq = 1,
        Late = true,
    };

    public const string GapEventJson =
        """{"v":1,"event":"gap","site":"north","ts":"2026-01-31T12:00:00.123456Z","message":"the agent ended without closing its outbox","gap":{"from":"2026-01-31T12:00:00.123456Z","to":"2026-01-31T12:00:02.123456Z","cause":"unclean-stop","tags":["voltage_l1"],"numbers":[{"epoch":"e0","from":11,"to":20}],"samples":4},"clock":"stepped","agent":"a1","epoch":"e1","seq":1,"late":true}""";

    public static Event StateEvent { get; } = new()
    {
        Kind = EventKinds.DeviceState,
        Site = "north",
        Device = "meter-1",
        Ts = Noon,
        State = "bad",
        Agent = "a1",
        Epoch = "e1",
        Seq = 2,
    };

    public const string StateEventJson =
        """{"v":1,"event":"device-state","site":"north","device":"meter-1","ts":"2026-01-31T12:00:00.123456Z","state":"bad","agent":"a1","epoch":"e1","seq":2}""";

    public static Event ThinnedEvent { get; } = new()
    {
        Kind = EventKinds.Gap,
        Site = "north",
        Ts = Noon,
        Gap = new()
        {
            From = Noon,
            To = Noon + TimeSpan.FromSeconds(2),
            Cause = GapCauses.OutboxFull,
            Numbers = [new("e0", 11, 20)],
            Thinned = [new("meter-1", "voltage_l1", 10, 230.25)],
        },
        Agent = "a1",
        Epoch = "e1",
        Seq = 3,
    };

    public const string ThinnedEventJson =
        """{"v":1,"event":"gap","site":"north","ts":"2026-01-31T12:00:00.123456Z","gap":{"from":"2026-01-31T12:00:00.123456Z","to":"2026-01-31T12:00:02.123456Z","cause":"outbox-full","numbers":[{"epoch":"e0","from":11,"to":20}],"thinned":[{"device":"meter-1","tag":"voltage_l1","count":10,"mean":230.25}]},"agent":"a1","epoch":"e1","seq":3}""";

    public static Event OffsetEvent { get; } = new()
    {
        Kind = EventKinds.ClockOffset,
        Site = "north",
        Ts = Noon,
        Offset = new() { Seconds = -7200.5, Numbers = [new("e1", 1, 3)] },
        Agent = "a1",
        Epoch = "e1",
        Seq = 4,
    };

    public const string OffsetEventJson =
        """{"v":1,"event":"clock-offset","site":"north","ts":"2026-01-31T12:00:00.123456Z","offset":{"seconds":-7200.5,"numbers":[{"epoch":"e1","from":1,"to":3}]},"agent":"a1","epoch":"e1","seq":4}""";

    public static TagInfo Tag { get; } = new()
    {
        Site = "north",
        Device = "meter-1",
        Tag = "energy",
        Kind = Kinds.Plc,
        Type = "number",
        Unit = "kWh",
        Label = "Bezug gesamt",
        Place = "halle-2/linie-1",
        PlantTag = "=E01-JT003",
        ValidLow = 0,
        ValidHigh = 1e9,
        NormalLow = -0.5,
        NormalHigh = 5,
        IntervalSeconds = 1,
        StaleAfterSeconds = 3,
        Counter = true,
        Profile = "acme-em3@1",
        TagVersion = 2,
        Was = "north/meter-1/kwh",
        Ts = Noon,
        Agent = "a1",
    };

    public const string TagJson =
        """{"v":1,"site":"north","device":"meter-1","tag":"energy","kind":"plc","type":"number","unit":"kWh","label":"Bezug gesamt","place":"halle-2/linie-1","plant_tag":"=E01-JT003","valid_low":0,"valid_high":1000000000,"normal_low":-0.5,"normal_high":5,"interval_seconds":1,"stale_after_seconds":3,"counter":true,"profile":"acme-em3@1","tag_version":2,"was":"north/meter-1/kwh","ts":"2026-01-31T12:00:00.123456Z","agent":"a1"}""";

    public static Heartbeat Beat { get; } = new()
    {
        Agent = "a1",
        Site = "north",
        Ts = Noon,
        Started = Noon - TimeSpan.FromHours(1),
        IntervalSeconds = 5,
        Version = "0.1.0",
        Platform = ".NET 10, Debian 12",
        Machine = "9f86d081",
        Epoch = "e1",
        Epochs = [new("e0", 20, 11), new("e1", 7, null)],
        Outbox = new()
        {
            Storage = "card",
            Bytes = 4096,
            CapBytes = 1 << 30,
            Records = 17,
            Oldest = Noon,
            HoursLeft = 71.5,
            BytesPerHour = 900_000,
            SyncsPerHour = 720,
            GroupsPerHour = 700,
            KeepHours = 720,
            FreeBytes = 5_000_000_000,
            FreeFloorBytes = 200 << 20,
            QuarantineBytes = 512,
            Trouble = "disk full",
        },
        Link = new() { To = "http://127.0.0.1:8420", Up = false, Since = Noon, Why = "refused", LagSeconds = 0.25, BacklogRate = 12.5 },
        Clock = ClockState.Unsynced,
        Devices =
        [
            new()
            {
                Name = "meter-1", State = "bad", Since = Noon, Why = "no answer", Profile = "acme-em3@1", Address = "10.0.0.9:502 unit 1",
                Tags = 3, Scheduled = 12, Good = 6, NotGood = 3, Suppressed = 2, Missed = 1,
            },
        ],
        Counters = new Dictionary<string, long> { ["outbox_dropped_records_total"] = 3 },
        Notes = ["12 alarm limits loaded, not evaluated in this version"],
    };

    public const string BeatJson =
        """{"v":1,"agent":"a1","site":"north","ts":"2026-01-31T12:00:00.123456Z","started":"2026-01-31T11:00:00.123456Z","interval_seconds":5,"version":"0.1.0","platform":".NET 10, Debian 12","machine":"9f86d081","epoch":"e1","epochs":[{"epoch":"e0","last":20,"waiting":11},{"epoch":"e1","last":7}],"outbox":{"storage":"card","bytes":4096,"cap_bytes":1073741824,"records":17,"oldest":"2026-01-31T12:00:00.123456Z","hours_left":71.5,"bytes_per_hour":900000,"syncs_per_hour":720,"groups_per_hour":700,"keep_hours":720,"free_bytes":5000000000,"free_floor_bytes":209715200,"quarantine_bytes":512,"trouble":"disk full"},"link":{"to":"http://127.0.0.1:8420","up":false,"since":"2026-01-31T12:00:00.123456Z","why":"refused","durability":"historian","lag_seconds":0.25,"backlog_rate":12.5},"clock":"unsynced","devices":[{"name":"meter-1","state":"bad","since":"2026-01-31T12:00:00.123456Z","why":"no answer","profile":"acme-em3@1","address":"10.0.0.9:502 unit 1","tags":3,"scheduled":12,"good":6,"not_good":3,"suppressed":2,"missed":1}],"counters":{"outbox_dropped_records_total":3},"notes":["12 alarm limits loaded, not evaluated in this version"]}""";

    public static Confirmation Confirmed { get; } = new()
    {
        Agent = "a1",
        Ts = Noon,
        Numbers = [new("e0", 11, 20), new("e1", 1, 7)],
        Refused = [new("e1", 3, 3)],
    };

    public const string ConfirmedJson =
        """{"v":1,"agent":"a1","ts":"2026-01-31T12:00:00.123456Z","numbers":[{"epoch":"e0","from":11,"to":20},{"epoch":"e1","from":1,"to":7}],"refused":[{"epoch":"e1","from":3,"to":3}]}""";

    /// <summary>Kind and bytes of every golden record.</summary>
    public static TheoryData<string, string> Golden { get; } = new()
    {
        { "reading", PlainJson },
        { "reading", FullJson },
        { "event", GapEventJson },
        { "event", StateEventJson },
        { "event", ThinnedEventJson },
        { "event", OffsetEventJson },
        { "tag-info", TagJson },
        { "heartbeat", BeatJson },
        { "confirmation", ConfirmedJson },
    };

    /// <summary>The record's JSON, or "refused: " and the reason.</summary>
    public static string Encode(object record)
    {
        var output = new ArrayBufferWriter<byte>();
        var reason = record switch
        {
            Reading reading => RecordCodec.TryEncode(reading, output),
            Event item => RecordCodec.TryEncode(item, output),
            TagInfo tag => RecordCodec.TryEncode(tag, output),
            Heartbeat heartbeat => RecordCodec.TryEncode(heartbeat, output),
            Confirmation confirmation => RecordCodec.TryEncode(confirmation, output),
            _ => throw new ArgumentException($"{record.GetType()} is no record", nameof(record)),
        };
        if (reason is null)
            return Encoding.UTF8.GetString(output.WrittenSpan);

        Assert.Equal(0, output.WrittenCount);
        return "refused: " + reason;
    }

    /// <summary>Reads JSON as the kind named; the record is null when a reason is given.</summary>
    public static (object? Record, string? Reason) Decode(string kind, ReadOnlySpan<byte> json)
    {
        switch (kind)
        {
            case "reading":
                var readingReason = RecordCodec.TryDecode(json, out Reading? reading);
                return (reading, readingReason);
            case "event":
                var eventReason = RecordCodec.TryDecode(json, out Event? item);
                return (item, eventReason);
            case "tag-info":
                var tagReason = RecordCodec.TryDecode(json, out TagInfo? tag);
                return (tag, tagReason);
            case "heartbeat":
                var beatReason = RecordCodec.TryDecode(json, out Heartbeat? heartbeat);
                return (heartbeat, beatReason);
            case "confirmation":
                var confirmationReason = RecordCodec.TryDecode(json, out Confirmation? confirmation);
                return (confirmation, confirmationReason);
            default:
                throw new ArgumentException($"{kind} is no kind of record", nameof(kind));
        }
    }

    public static (object? Record, string? Reason) Decode(string kind, string json) => Decode(kind, Encoding.UTF8.GetBytes(json));
}
