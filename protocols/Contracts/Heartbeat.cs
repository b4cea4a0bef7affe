using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.Contracts;

/// <summary>The agent's own account of itself, every few seconds. Not numbered; the newest per agent counts.</summary>
public sealed record Heartbeat
{
    // Generated JSON code assigns null to what a sender left out, so these properties keep their defaults themselves.
    private static readonly IReadOnlyDictionary<string, long> None = new Dictionary<string, long>();

    public int V { get; init; } = RecordCodec.Version;

    public required string Agent { get; init; }

    public required string Site { get; init; }

    public required Timestamp Ts { get; init; }

    /// <summary>When this process started.</summary>
    public required Timestamp Started { get; init; }

    /// <summary>Seconds between heartbeats; three missed mean the agent is silent.</summary>
    public required double IntervalSeconds { get; init; }

    public required string Version { get; init; }

    /// <summary>Runtime and operating system.</summary>
    public string? Platform { get; init; }

    /// <summary>Hash of the machine id, never the id itself.</summary>
    public string? Machine { get; init; }

    /// <summary>The present epoch.</summary>
    public required string Epoch { get; init; }

    /// <summary>Per epoch that still matters: last number given, oldest one waiting.</summary>
    public IReadOnlyList<EpochState> Epochs { get; init => field = value ?? []; } = [];

    public OutboxState Outbox { get; init => field = value ?? new(); } = new();

    public LinkState Link { get; init => field = value ?? new(); } = new();

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ClockState Clock { get; init; }

    public IReadOnlyList<DeviceState> Devices { get; init => field = value ?? []; } = [];

    /// <summary>Monotonic counters since the start of the process, by metric name.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init => field = value ?? None; } = None;

    /// <summary>Things a person should know, one sentence each: configuration in force, limits not evaluated.</summary>
    public IReadOnlyList<string> Notes { get; init => field = value ?? []; } = [];

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>The numbers of one epoch. <see cref="Waiting"/> is null when nothing waits.</summary>
public sealed record EpochState(string Epoch, long Last, long? Waiting);

/// <summary>Fill of the outbox.</summary>
public sealed record OutboxState
{
    /// <summary><c>ssd</c> or <c>card</c>.</summary>
    public string Storage { get; init => field = value ?? "ssd"; } = "ssd";

    public long Bytes { get; init; }

    public long CapBytes { get; init; }

    /// <summary>Records not yet acknowledged.</summary>
    public long Records { get; init; }

    /// <summary>Sample time of the oldest record waiting.</summary>
    public Timestamp? Oldest { get; init; }

    /// <summary>Hours until the cap at the present rate, should the link be down; null while the rate is unknown.</summary>
    public double? HoursLeft { get; init; }

    public long BytesPerHour { get; init; }

    public long SyncsPerHour { get; init; }

    /// <summary>Frames with records written, an hour.</summary>
    public long GroupsPerHour { get; init; }

    /// <summary>Hours that the agent has to live until a waiting record is dropped for its age.</summary>
    public double KeepHours { get; init; }

    /// <summary>Free bytes of the medium; null when it does not tell.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Below this much free space of the medium the outbox does not grow.</summary>
    public long FreeFloorBytes { get; init; }

    /// <summary>Damaged bytes put aside for people.</summary>
    public long QuarantineBytes { get; init; }

    /// <summary>Set when the outbox cannot write: the reason.</summary>
    public string? Trouble { get; init; }

    /// <summary>Fields this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>The way to the centre.</summary>
public sealed record LinkState
{
    public string To { get; init => field = value ?? ""; } = "";

    public bool Up { get; init; }

    public Timestamp? Since { get; init; }

    /// <summary>Why it is down.</summary>
    public string? Why { get; init; }

    /// <summary>Where an acknowledged record rests: <c>historian</c> or <c>broker</c>.</summary>
    public string Durability { get; init => field = value ?? "historian"; } = "historian";

    /// <summary>Records that are with the broker and not confirmed by the historian; null where the far end's answer is the confirmation.</summary>
    public long? Unconfirmed { get; init; }

    /// <summary>Seconds from sample to acknowledgement of the last live group.</summary>
    public double? LagSeconds { get; init; }

    /// <summary>Records a second on the backlog lane.</summary>
    public double BacklogRate { get; init; }

    /// <summary>Fields this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>One device as the agent sees it. <see cref="State"/>: <c>good</c>, <c>bad</c> or <c>starting</c>.</summary>
public sealed record DeviceState
{
    public required string Name { get; init; }

    public required string State { get; init; }

    public Timestamp? Since { get; init; }

    public string? Why { get; init; }

    public string? Profile { get; init; }

    public string? Address { get; init; }

    public int Tags { get; init; }

    /// <summary>Samples that were scheduled; equals good + not good + suppressed + in gaps.</summary>
    public long Scheduled { get; init; }

    public long Good { get; init; }

    public long NotGood { get; init; }

    public long Suppressed { get; init; }

    public long Missed { get; init; }

    /// <summary>Fields this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
