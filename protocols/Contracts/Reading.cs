using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.Contracts;

/// <summary>
/// One reading of one tag at one moment: at most 1 KiB of JSON. <c>(agent, epoch, seq)</c> names it for ever.
/// The order of the properties is the order on the wire.
/// </summary>
[JsonConverter(typeof(ReadingConverter))]
public sealed record Reading
{
    /// <summary>Version of this form.</summary>
    public int V { get; init; } = RecordCodec.Version;

    public required string Site { get; init; }

    public required string Device { get; init; }

    public required string Tag { get; init; }

    /// <summary>One of <see cref="Kinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>When the answer of the device arrived; never corrected, never re-stamped.</summary>
    public required Timestamp Ts { get; init; }

    /// <summary>A finite number (booleans as 0 and 1) or null. An integer above 2^53 stands exactly in <see cref="Text"/> too.</summary>
    public double? Value { get; init; }

    /// <summary>Text values, enum labels, the exact digits of a large integer.</summary>
    public string? Text { get; init; }

    /// <summary>Plain unit symbol.</summary>
    public string? Unit { get; init; }

    public Quality Q { get; init; }

    /// <summary>Short reason; required when <see cref="Q"/> is not good.</summary>
    public string? Why { get; init; }

    public ClockState Clock { get; init; }

    /// <summary>Identity of the agent, made once in its data folder.</summary>
    public string Agent { get; init; } = "";

    /// <summary>New each time the outbox is opened.</summary>
    public string Epoch { get; init; } = "";

    /// <summary>Counts readings and events of an epoch from 1, without holes, in the order of acceptance.</summary>
    public long Seq { get; init; }

    /// <summary>Delivery information, no part of the content: sent on more than 10 s after <see cref="Ts"/>.</summary>
    public bool Late { get; init; }

    /// <summary>Fields this version does not know; kept when the reading is passed on.</summary>
    public Dictionary<string, JsonElement>? Unknown { get; init; }

    /// <summary>The full name <c>site/device/tag</c>.</summary>
    [JsonIgnore]
    public string FullName => Names.Full(Site, Device, Tag);
}
