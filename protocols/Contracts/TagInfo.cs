using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.Contracts;

/// <summary>What is known about a tag beside its values. Not numbered; the newest per full name counts.</summary>
public sealed record TagInfo
{
    public int V { get; init; } = RecordCodec.Version;

    public required string Site { get; init; }

    public required string Device { get; init; }

    public required string Tag { get; init; }

    public required string Kind { get; init; }

    /// <summary><c>number</c>, <c>bool</c>, <c>enum</c> or <c>text</c>.</summary>
    public required string Type { get; init; }

    public string? Unit { get; init; }

    public string? Label { get; init; }

    /// <summary>Where it is, levels separated by <c>/</c>; from the site file.</summary>
    public string? Place { get; init; }

    /// <summary>The plant's own name for the tag, for example a P&amp;ID tag; from the site file.</summary>
    public string? PlantTag { get; init; }

    public double? ValidLow { get; init; }

    public double? ValidHigh { get; init; }

    public double? NormalLow { get; init; }

    public double? NormalHigh { get; init; }

    /// <summary>Scheduled interval in seconds; null for pushed tags.</summary>
    public double? IntervalSeconds { get; init; }

    /// <summary>After this many seconds without a record the value is stale.</summary>
    public double? StaleAfterSeconds { get; init; }

    /// <summary>True when the tag is a counter that never decreases.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Counter { get; init; }

    /// <summary>Profile id and its format version, as <c>id@version</c>.</summary>
    public string? Profile { get; init; }

    /// <summary>Rises by one when type or unit changes.</summary>
    public int TagVersion { get; init => field = Math.Max(1, value); } = 1;

    /// <summary>Former full name; joins the histories.</summary>
    public string? Was { get; init; }

    public required Timestamp Ts { get; init; }

    public string Agent { get; init => field = value ?? ""; } = "";

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    [JsonIgnore]
    public string FullName => Names.Full(Site, Device, Tag);
}
