using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.Contracts;

/// <summary>
/// Something that happened: a gap, a device state change, a clock offset, motion, an alarm change.
/// Numbered in the same sequence as readings; told from a reading by its <c>event</c> field.
/// </summary>
public sealed record Event
{
    public int V { get; init; } = RecordCodec.Version;

    /// <summary>What happened: one of <see cref="EventKinds"/>.</summary>
    [JsonPropertyName("event")]
    public required string Kind { get; init; }

    public required string Site { get; init; }

    /// <summary>The device concerned; null when the event concerns the whole agent.</summary>
    public string? Device { get; init; }

    public required Timestamp Ts { get; init; }

    /// <summary>One sentence for people.</summary>
    public string? Message { get; init; }

    /// <summary>For <see cref="EventKinds.DeviceState"/>: the state that begins.</summary>
    public string? State { get; init; }

    public Gap? Gap { get; init; }

    /// <summary>For <see cref="EventKinds.ClockOffset"/>: how wrong which stamps are.</summary>
    public ClockOffset? Offset { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ClockState Clock { get; init; }

    public string Agent { get; init => field = value ?? ""; } = "";

    public string Epoch { get; init => field = value ?? ""; } = "";

    public long Seq { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Late { get; init; }

    /// <summary>Fields this version does not know; kept when the event is passed on.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>The values of an event's <c>event</c> field that this version writes.</summary>
public static class EventKinds
{
    public const string Gap = "gap";
    public const string DeviceState = "device-state";
    public const string ClockOffset = "clock-offset";
    public const string Configuration = "configuration";
    public const string Refused = "refused";

    /// <summary>Another's word counts from now on for a record to leave the outbox; <c>state</c> is <c>historian</c> or <c>broker</c>.</summary>
    public const string Durability = "durability";
}

/// <summary>
/// A stretch for which values are missing, with the reason. Carries either ranges of numbers (they were given)
/// or a count of scheduled samples (they were never accepted).
/// </summary>
public sealed record Gap
{
    public required Timestamp From { get; init; }

    public required Timestamp To { get; init; }

    /// <summary>One of <see cref="GapCauses"/>.</summary>
    public required string Cause { get; init; }

    /// <summary>The tags concerned; null means all tags of the device, or of the agent when the event names no device.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Numbers that were given and whose records are lost.</summary>
    public IReadOnlyList<SeqRange>? Numbers { get; init; }

    /// <summary>Scheduled samples that were never accepted.</summary>
    public long? Samples { get; init; }

    /// <summary>What the lost records of single tags amounted to; their smallest and largest value may still stand as records.</summary>
    public IReadOnlyList<ThinnedTag>? Thinned { get; init; }

    /// <summary>Fields this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>How many records of a tag were left out, and the mean of their values.</summary>
public sealed record ThinnedTag(string Device, string Tag, long Count, double Mean);

/// <summary>
/// The stamps of these numbers are that many seconds away from the clock that is trusted now: stamp + seconds is right.
/// What several events say of one number adds up. The stamps themselves are never corrected.
/// </summary>
public sealed record ClockOffset
{
    public required double Seconds { get; init; }

    /// <summary>The numbers whose stamps are meant. The outbox puts them in: for null those given since the last such event, for an empty list all of its epoch.</summary>
    public IReadOnlyList<SeqRange>? Numbers { get; init; }

    /// <summary>Fields this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>An inclusive range of numbers of one epoch.</summary>
public sealed record SeqRange(string Epoch, long From, long To);

/// <summary>The causes of a gap that this version writes.</summary>
public static class GapCauses
{
    /// <summary>The agent ended without closing its outbox: power cut, kill, crash.</summary>
    public const string UncleanStop = "unclean-stop";
    /// <summary>The agent was stopped in order and started again.</summary>
    public const string Stopped = "stopped";
    /// <summary>The outbox reached its cap, or the medium its floor of free space: trends were thinned, the oldest records dropped.</summary>
    public const string OutboxFull = "outbox-full";
    /// <summary>Records waited in the outbox for longer than it may keep them.</summary>
    public const string OutboxExpired = "outbox-expired";
    /// <summary>Frames of the outbox were damaged on the medium.</summary>
    public const string OutboxDamaged = "outbox-damaged";
    /// <summary>Scheduled polls did not take place: the device was slower than its interval, or the agent was overloaded.</summary>
    public const string MissedPolls = "missed-polls";
    /// <summary>The outbox could not take records: disk full or failing.</summary>
    public const string OutboxUnavailable = "outbox-unavailable";
    /// <summary>The broker takes a record never: too large, or against the rules of its topic. It lies in the agent's quarantine.</summary>
    public const string Refused = "refused";
}
