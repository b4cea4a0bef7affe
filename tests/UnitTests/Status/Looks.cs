using Penstock.Contracts;
using Penstock.EdgeAgent.Status;

namespace Penstock.UnitTests.Status;

/// <summary>Looks at an agent that does not change.</summary>
internal static class Looks
{
    public static Timestamp Now { get; } = Timestamp.Parse("2026-01-31T12:00:00.123456Z");

    /// <summary>One device good, one partly, one dead; the link is down.</summary>
    public static AgentSnapshot Troubled { get; } = new()
    {
        Heartbeat = new()
        {
            Agent = "a-7f3k",
            Site = "north-plant",
            Ts = Now,
            Started = Ago(7_500),
            IntervalSeconds = 5,
            Version = "0.1.0",
            Platform = ".NET 10.0, Debian 12, arm64",
            Epoch = "e-20260131-1",
            Epochs = [new("e-20260131-1", 41_822, 40_001)],
            Outbox = new()
            {
                Storage = "card",
                Bytes = 4_300_000,
                CapBytes = 1_073_741_824,
                Records = 1_822,
                Oldest = Ago(185),
                HoursLeft = 71.5,
                BytesPerHour = 900_000,
                SyncsPerHour = 720,
            },
            Link = new() { To = "http://10.20.0.5:8420", Up = false, Since = Ago(185), Why = "connection refused", LagSeconds = 0.42 },
            Clock = ClockState.Holdover,
            Devices =
            [
                new() { Name = "main-meter", State = "good", Since = Ago(7_499), Profile = "eastron-sdm630@1", Address = "10.20.0.31:502 unit 1", Tags = 4, Scheduled = 30_000, Good = 29_990, NotGood = 10 },
                new() { Name = "boiler", State = "good", Since = Ago(600), Profile = "acme-boiler@2", Address = "10.20.0.40:502 unit 7", Tags = 4, Scheduled = 2_400, Good = 2_000, NotGood = 300, Suppressed = 60, Missed = 40 },
                new() { Name = "pump-station", State = "bad", Since = Ago(74), Why = "no answer within 1 s (12 times)", Profile = "acme-pump@1", Address = "10.20.0.41:502 unit 1", Tags = 1, Scheduled = 2_400, Good = 2_300, NotGood = 100 },
            ],
            Counters = new Dictionary<string, long> { ["source_samples_total"] = 34_800, ["outbox_syncs_total"] = 1_510 },
            Notes = ["12 alarm limits loaded, not evaluated in this version"],
        },
        Tags =
        [
            Tag("main-meter", "voltage_l1", 230.1, "V", "0x4366 0x199A") with { Label = "Voltage L1" },
            Tag("main-meter", "energy_import", 1234567.25, "kWh", "0x4996 0xB43A") with { Label = "Energy taken" },
            Tag("main-meter", "serial", 9007199254740992, null, "0x0020 0x0000 0x0000 0x0001") with { Text = "9007199254740993" },
            Tag("main-meter", "state", null, null, "0x0003") with { Text = "running" },
            Tag("boiler", "temperature_supply", 71.5, "°C", "0x02CB") with { Label = "Supply temperature" },
            Tag("boiler", "pressure", 11.9, "bar", "0x0077") with { Q = Quality.Uncertain, Why = "above its valid range" },
            Tag("boiler", "burner_hours", null, "h", "0xFFFF 0xFFFF") with { Q = Quality.Bad, Why = "device says: not available" },
            Tag("boiler", "flow", 3.25, "m3/h", "0x0145") with { Ts = Ago(42) },
            Tag("pump-station", "speed", null, "rpm", null) with { Q = Quality.Bad, Why = "no answer", Ts = Ago(0.8) },
        ],
        DataFolder = "/var/lib/penstock",
        SiteFile = "/etc/penstock/site.yaml",
    };

    public static AgentSnapshot Normal { get; } = Troubled with
    {
        Heartbeat = Troubled.Heartbeat with
        {
            Outbox = Troubled.Heartbeat.Outbox with { Bytes = 65_536, Records = 0, Oldest = null },
            Link = new() { To = "http://10.20.0.5:8420", Up = true, Since = Ago(7_400), LagSeconds = 0.042 },
            Clock = ClockState.Synchronised,
            Devices = [Troubled.Heartbeat.Devices[0]],
            Notes = [],
        },
        Tags = [.. Troubled.Tags.Take(4)],
    };

    public static Timestamp Ago(double seconds) => Now - TimeSpan.FromSeconds(seconds);

    private static TagSnapshot Tag(string device, string tag, double? value, string? unit, string? raw) =>
        new() { Device = device, Tag = tag, Value = value, Unit = unit, Raw = raw, Ts = Ago(0.4), StaleAfterSeconds = 3 };
}
