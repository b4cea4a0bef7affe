using Penstock.Contracts;

namespace Penstock.Central.Historian;

/// <summary>
/// The store of every reading and event, exactly once each. The writing half is called by one task at a time; the reading
/// half by any number at once and sees what is committed.
/// </summary>
internal interface IHistorian : IAsyncDisposable
{
    /// <summary>
    /// Makes the groups, and how far their stream is read with them, durable in one transaction. What the ledger already has
    /// changes nothing, and a position never goes back. When it throws <see cref="HistorianException"/>, nothing of the
    /// groups is stored and they may be offered again.
    /// </summary>
    ValueTask<CommitOutcome> CommitAsync(IReadOnlyList<RecordGroup> groups, IReadOnlyList<StreamPosition> read, CancellationToken cancel);

    /// <summary>Where to read on in the streams of a cluster: one position a partition that was ever committed.</summary>
    ValueTask<IReadOnlyList<StreamPosition>> ReadPositionsAsync(string cluster, CancellationToken cancel);

    ValueTask<IReadOnlyList<TagRow>> SaveTagsAsync(IReadOnlyList<TagInfo> tags, CancellationToken cancel);

    ValueTask SaveHeartbeatAsync(Heartbeat heartbeat, ReadOnlyMemory<byte> json, CancellationToken cancel);

    /// <summary>Brings up to <paramref name="most"/> outdated minutes of roll-ups up to date. Returns how many it did.</summary>
    ValueTask<int> RefreshRollUpsAsync(int most, CancellationToken cancel);

    /// <summary>
    /// Removes one bounded chunk of readings older than <paramref name="before"/>, oldest first, and records the removal.
    /// Returns the number of rows; 0 when nothing older is left.
    /// </summary>
    ValueTask<long> RemoveReadingsAsync(Timestamp before, string cause, CancellationToken cancel);

    /// <summary>Removes roll-ups older than the given moments.</summary>
    ValueTask<long> RemoveRollUpsAsync(Timestamp minutesBefore, Timestamp hoursBefore, CancellationToken cancel);

    ValueTask<IReadOnlyList<TagRow>> ReadTagsAsync(CancellationToken cancel);

    /// <summary>The tag's id and those of its former names, newest first; empty when the tag is unknown.</summary>
    ValueTask<IReadOnlyList<int>> FindTagAsync(TagKey key, CancellationToken cancel);

    /// <summary>What these tags were at which time, oldest first: one row a version.</summary>
    ValueTask<IReadOnlyList<TagVersion>> ReadTagVersionsAsync(IReadOnlyList<int> tags, CancellationToken cancel);

    /// <summary>Readings with <c>from &lt;= ts &lt; to</c> in the order of ts, epoch, seq; at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<RawPoint>> ReadRawAsync(IReadOnlyList<int> tags, Timestamp from, Timestamp to, int limit, CancellationToken cancel);

    /// <summary>Roll-ups in buckets of a step, aligned to multiples of the step since 1970; empty buckets are left out.</summary>
    ValueTask<IReadOnlyList<Bucket>> ReadBucketsAsync(IReadOnlyList<int> tags, Timestamp from, Timestamp to, TimeSpan step, CancellationToken cancel);

    ValueTask<IReadOnlyList<AgentRow>> ReadAgentsAsync(string? agent, CancellationToken cancel);

    ValueTask<IReadOnlyList<GapRow>> ReadGapsAsync(GapQuery query, CancellationToken cancel);

    ValueTask<HistorianSize> ReadSizeAsync(CancellationToken cancel);

    /// <summary>The oldest reading's time; null when there is none.</summary>
    ValueTask<Timestamp?> ReadOldestAsync(CancellationToken cancel);

    /// <summary>Readings before this moment are removed; only roll-ups tell about the time before.</summary>
    Timestamp RawFloor { get; }
}

/// <summary>The historian could not do what was asked: disk full, file damaged. The message names the repair.</summary>
internal sealed class HistorianException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>
    /// True when what was offered is at fault and not the store: without it the rest can be stored. Only then may a record
    /// become a dead letter because of a failed commit; a full disk must never cost one.
    /// </summary>
    public bool BlamesRecord { get; init; }
}
