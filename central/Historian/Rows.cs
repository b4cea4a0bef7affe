using System.Text.Json;
using Penstock.Analytics;
using Penstock.Contracts;

namespace Penstock.Central.Historian;

/// <summary>A record and the line of the body it stood in, counted from 1.</summary>
internal readonly record struct Numbered<T>(int Line, T Record);

/// <summary>One request's records, read and checked.</summary>
internal sealed record RecordGroup(IReadOnlyList<Numbered<Reading>> Readings, IReadOnlyList<Numbered<Event>> Events, IReadOnlyList<RefusedLine> Refused)
{
    public int Count => Readings.Count + Events.Count + Refused.Count;
}

/// <summary>A line that is no acceptable record. The identity stands there when it could be read.</summary>
internal sealed record RefusedLine(int Line, string? Agent, string? Epoch, long? Seq, string Reason, byte[] Bytes)
{
    /// <summary>The message it came in; null when it came over HTTP.</summary>
    public MessageOrigin? Origin { get; init; }
}

/// <summary>One message of a Kafka topic.</summary>
internal readonly record struct MessageOrigin(string Topic, int Partition, long Offset)
{
    public override string ToString() => $"{Topic} partition {Partition} offset {Offset}";
}

/// <summary>
/// The next offset to read of one partition. Cluster and topic are named by their ids: a cluster or topic that was made
/// anew under the same name begins at its own beginning.
/// </summary>
internal readonly record struct StreamPosition(string Cluster, string TopicId, int Partition, long Offset);

/// <summary>What became of one group.</summary>
internal sealed class GroupVerdict
{
    public int Stored { get; set; }

    public int Duplicates { get; set; }

    public List<RefusedLine> Refused { get; } = [];
}

/// <summary>A reading that was not there before, with the number of its tag.</summary>
internal readonly record struct StoredReading(int Tag, Reading Reading);

internal sealed record CommitOutcome(
    IReadOnlyList<GroupVerdict> Verdicts,
    IReadOnlyList<StoredReading> Readings,
    IReadOnlyList<TagRow> NewTags,
    IReadOnlyList<GapRow> Gaps,
    Timestamp Committed);

/// <summary>A tag with its newest info (as received) and its newest reading.</summary>
internal sealed record TagRow(int Id, TagKey Key, JsonElement Info, LatestRow? Latest);

internal sealed record LatestRow(
    Timestamp Ts, double? Value, string? Text, Quality Q, string? Why, ClockState Clock, bool Late, string Agent, string Epoch, long Seq);

/// <summary>Type and unit of a tag from a moment on, until the next version.</summary>
internal sealed record TagVersion(TagKey Key, int Version, string Type, string? Unit, Timestamp Since);

internal sealed record RawPoint(
    Timestamp Ts,
    double? Value,
    string? Text,
    string? Unit,
    Quality Q,
    string? Why,
    ClockState Clock,
    string Agent,
    string Epoch,
    long Seq,
    Timestamp Committed);

internal readonly record struct Bucket(Timestamp Start, RollUp RollUp);

internal sealed record AgentRow(string Agent, string Site, Timestamp LastSeen, JsonElement? Heartbeat, IReadOnlyList<LedgerRow> Ledger);

/// <summary>The sums of one epoch's ledger.</summary>
internal sealed record LedgerRow(string Epoch, long Stored, long Dead, long Dropped, long Last, IReadOnlyList<(long From, long To)> Missing);

internal sealed record GapRow(
    string Site,
    string? Device,
    IReadOnlyList<string>? Tags,
    Timestamp From,
    Timestamp To,
    string Cause,
    string? Message,
    IReadOnlyList<SeqRange>? Numbers,
    long? Samples,
    string Agent,
    string Epoch,
    long Seq,
    Timestamp Ts)
{
    public static GapRow Of(Event item) => new(
        item.Site, item.Device, item.Gap!.Tags, item.Gap.From, item.Gap.To, item.Gap.Cause, item.Message,
        item.Gap.Numbers, item.Gap.Samples, item.Agent, item.Epoch, item.Seq, item.Ts);
}

/// <summary>Gaps that overlap a range; the newest <paramref name="Limit"/>, in the order of their beginning.</summary>
internal sealed record GapQuery(Timestamp From, Timestamp To, string? Site = null, string? Device = null, string? Tag = null, int Limit = 1000);

internal sealed record HistorianSize(long DatabaseBytes, long FreeDiskBytes, long DeadLetters, long OutdatedMinutes);
