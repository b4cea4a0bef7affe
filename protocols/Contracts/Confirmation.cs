using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.Contracts;

/// <summary>
/// Numbers of one agent that the historian accounts for after a durable commit: stored, or refused for good. An increment:
/// the agent adds it to what it knows. One that is lost does no harm, because the agent sends again what stays unconfirmed,
/// and duplicates are confirmed too.
/// </summary>
public sealed record Confirmation
{
    public int V { get; init; } = RecordCodec.Version;

    public required string Agent { get; init; }

    /// <summary>When the commit was done, by the centre's clock.</summary>
    public required Timestamp Ts { get; init; }

    /// <summary>Inclusive ranges, the refused ones among them.</summary>
    public required IReadOnlyList<SeqRange> Numbers { get; init; }

    /// <summary>Of <see cref="Numbers"/>, those refused for good; they lie in the dead letters with their reason.</summary>
    public IReadOnlyList<SeqRange>? Refused { get; init; }

    /// <summary>Fields this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
