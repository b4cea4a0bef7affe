using Microsoft.Data.Sqlite;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>
/// The embedded historian: one SQLite file in WAL mode with <c>synchronous=FULL</c>.
/// Invariants: rows, roll-up marks and ledger change in one transaction; what is held in memory (numbers of tags and
/// epochs, the ledger) equals the tables whenever no commit is under way; a number that the ledger calls stored is
/// never stored again.
/// Failure: when a transaction fails, for whatever reason, it is rolled back and memory is read again from the tables, so the
/// same groups can be offered again. A crash at any point leaves the last committed transaction.
/// Threads: the writing half belongs to one task; readers open their own connections.
/// </summary>
internal sealed class SqliteHistorian : IHistorian, IHistoryTransfer, IDeadLetters
{
    private readonly TimeProvider _clock;
    private readonly Database _database;
    private readonly SqliteReader _reader;

    // The writing task's.
    private readonly TagCatalog _tags;
    private readonly LedgerBook _ledger;
    private readonly GroupWriter _groups;
    private readonly RollUpTable _rollUps;
    private readonly Removal _removal;

    /// <exception cref="HistorianException">The file cannot be used; the message names the repair.</exception>
    public SqliteHistorian(string path, TimeProvider clock)
    {
        _clock = clock;
        _database = new(path);
        _reader = new(_database, clock);
        _tags = new(_database.Writer);
        _ledger = new(_database.Writer);
        _groups = new(_database.Writer, _tags, _ledger);
        _rollUps = new(_database.Writer);
        _removal = new(_database.Writer, _rollUps);
        Load();
    }

    public Timestamp RawFloor => _removal.RawFloor;

    public ValueTask<CommitOutcome> CommitAsync(IReadOnlyList<RecordGroup> groups, IReadOnlyList<StreamPosition> read, CancellationToken cancel) => Write(
        () =>
        {
            PositionTable.Save(_database.Writer, read);
            return _groups.Write(groups, Timestamp.Now(_clock));
        },
        cancel);

    public ValueTask<IReadOnlyList<StreamPosition>> ReadPositionsAsync(string cluster, CancellationToken cancel) =>
        Read(c => PositionTable.Read(c, cluster), cancel);

    public ValueTask<IReadOnlyList<TagRow>> SaveTagsAsync(IReadOnlyList<TagInfo> tags, CancellationToken cancel) =>
        Write<IReadOnlyList<TagRow>>(() => [.. tags.Select(_tags.Save).OfType<TagRow>()], cancel);

    public async ValueTask SaveHeartbeatAsync(Heartbeat heartbeat, ReadOnlyMemory<byte> json, CancellationToken cancel) => await Write(
        () => _database.Writer.Run(
            """
            INSERT INTO agents (agent, site, last_seen, heartbeat) VALUES ($agent, $site, $now, $json)
            ON CONFLICT (agent) DO UPDATE SET site = excluded.site, last_seen = excluded.last_seen, heartbeat = excluded.heartbeat
            """,
            ("$agent", heartbeat.Agent), ("$site", heartbeat.Site), ("$now", Timestamp.Now(_clock).Microseconds),
            ("$json", System.Text.Encoding.UTF8.GetString(json.Span))),
        cancel);

    public ValueTask<int> RefreshRollUpsAsync(int most, CancellationToken cancel) => Write(
        () =>
        {
            var done = _rollUps.Refresh(most, Timestamp.Now(_clock), RawFloor);
            _tags.ForgetOutdated();
            return done;
        },
        cancel);

    public ValueTask<long> RemoveReadingsAsync(Timestamp before, string cause, CancellationToken cancel) => Write(
        () =>
        {
            var removed = _removal.RemoveReadings(before, cause, Timestamp.Now(_clock));
            _tags.ForgetOutdated();
            return removed;
        },
        cancel);

    public ValueTask<long> RemoveRollUpsAsync(Timestamp minutesBefore, Timestamp hoursBefore, CancellationToken cancel) => Write(
        () => _removal.RemoveRollUps(RollUpTable.MinuteLevel, minutesBefore, Timestamp.Now(_clock))
            + _removal.RemoveRollUps(RollUpTable.HourLevel, hoursBefore, Timestamp.Now(_clock)),
        cancel);

    public ValueTask<IReadOnlyList<TagRow>> ReadTagsAsync(CancellationToken cancel) => Read(_reader.ReadTags, cancel);

    public ValueTask<IReadOnlyList<int>> FindTagAsync(TagKey key, CancellationToken cancel) => Read(c => SqliteReader.FindTag(c, key), cancel);

    public ValueTask<IReadOnlyList<TagVersion>> ReadTagVersionsAsync(IReadOnlyList<int> tags, CancellationToken cancel) =>
        Read(c => SqliteReader.ReadTagVersions(c, tags), cancel);

    public ValueTask<IReadOnlyList<RawPoint>> ReadRawAsync(
        IReadOnlyList<int> tags, Timestamp from, Timestamp to, int limit, CancellationToken cancel) =>
        Read(c => RawHistory.Read(c, tags, from, to, limit), cancel);

    public ValueTask<IReadOnlyList<Bucket>> ReadBucketsAsync(
        IReadOnlyList<int> tags, Timestamp from, Timestamp to, TimeSpan step, CancellationToken cancel) =>
        Read(c => BucketHistory.Read(c, tags, from, to, step, RawFloor), cancel);

    public ValueTask<IReadOnlyList<AgentRow>> ReadAgentsAsync(string? agent, CancellationToken cancel) =>
        Read(c => SqliteReader.ReadAgents(c, agent), cancel);

    public ValueTask<IReadOnlyList<GapRow>> ReadGapsAsync(GapQuery query, CancellationToken cancel) =>
        Read(c => SqliteReader.ReadGaps(c, query), cancel);

    public ValueTask<HistorianSize> ReadSizeAsync(CancellationToken cancel) => Read(_reader.ReadSize, cancel);

    public ValueTask<Timestamp?> ReadOldestAsync(CancellationToken cancel) => Read(SqliteReader.ReadOldest, cancel);

    public ValueTask<IReadOnlyList<(TagKey Key, TagInfo? Info)>> ExportTagsAsync(CancellationToken cancel) =>
        Read<IReadOnlyList<(TagKey, TagInfo?)>>(SqliteTransfer.Tags, cancel);

    public ValueTask<IReadOnlyList<TagVersion>> ExportTagVersionsAsync(CancellationToken cancel) =>
        Read(c => SqliteReader.ReadTagVersions(c, null), cancel);

    public IAsyncEnumerable<Reading> ExportReadingsAsync(CancellationToken cancel) => SqliteTransfer.ReadingsAsync(_database, cancel);

    public IAsyncEnumerable<Event> ExportEventsAsync(CancellationToken cancel) => SqliteTransfer.EventsAsync(_database, cancel);

    public ValueTask<IReadOnlyList<EpochNumbers>> ExportLedgerAsync(CancellationToken cancel) =>
        Read<IReadOnlyList<EpochNumbers>>(SqliteTransfer.Ledger, cancel);

    public ValueTask<long> CountReadingsAsync(CancellationToken cancel) => Read(c => c.Scalar<long>("SELECT count(*) FROM readings"), cancel);

    public async ValueTask ImportLedgerAsync(IReadOnlyList<EpochNumbers> epochs, CancellationToken cancel) =>
        await Write(() => SqliteTransfer.Take(_database.Writer, _ledger, epochs, Timestamp.Now(_clock)), cancel);

    public ValueTask<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(long after, int most, CancellationToken cancel) =>
        Read(c => DeadLetterTable.Read(c, after, most), cancel);

    public ValueTask<int> RemoveDeadLettersAsync(IReadOnlyList<long> ids, CancellationToken cancel) =>
        Write(() => DeadLetterTable.Remove(_database.Writer, ids), cancel);

    public ValueTask DisposeAsync()
    {
        _groups.Dispose();
        _database.Dispose();
        return ValueTask.CompletedTask;
    }

    private ValueTask<T> Write<T>(Func<T> work, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        try
        {
            using var transaction = _database.Writer.BeginTransaction(deferred: false);
            var result = work();
            transaction.Commit();
            return ValueTask.FromResult(result);
        }
        catch (SqliteException e)
        {
            Load();
            throw Database.Translate(e, _database.Path);
        }
        catch
        {
            Load();
            throw;
        }
    }

    private ValueTask<T> Read<T>(Func<SqliteConnection, T> work, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        try
        {
            using var connection = _database.OpenReader();
            return ValueTask.FromResult(work(connection));
        }
        catch (SqliteException e)
        {
            throw Database.Translate(e, _database.Path);
        }
    }

    private void Load()
    {
        _tags.Load();
        _ledger.Load();
        _removal.Load();
    }
}
