using System.Data;
using System.Text;
using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>
/// The historian of the cluster: PostgreSQL 15 or later, written to by any number of centres at once.
/// Invariants: rows, marks, ledger claims and read positions change in one transaction; a number that ledger or claims call stored
/// is not stored again; the table's key keeps one row an identity even when two centres store the same record at the same moment.
/// Failure: a transaction that lost against another one runs again. After any other failure the session is thrown away and the
/// next call makes a new one, on whichever host of the connection string then takes writes; the same groups can be offered again.
/// Threads: the writing half belongs to one task at a time; readers take their own connections.
/// </summary>
internal sealed class PostgresHistorian : IHistorian, IChangeFeed, IHistoryTransfer, IDeadLetters
{
    private const int MaxTries = 5;

    private readonly Server _server;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ChangeFeed _changes;
    private Session? _session;
    private long _rawFloor = long.MinValue;
    private int _closed;

    private PostgresHistorian(Server server, TimeProvider clock)
    {
        _server = server;
        _clock = clock;
        _changes = new(server, clock);
    }

    public Timestamp RawFloor => new(Interlocked.Read(ref _rawFloor));

    /// <summary>Connects, brings the schema up to date and reads what is known.</summary>
    /// <exception cref="HistorianException">It cannot be used; the message names server and repair.</exception>
    public static async Task<PostgresHistorian> OpenAsync(Server server, TimeProvider clock, CancellationToken cancel)
    {
        var historian = new PostgresHistorian(server, clock);
        try
        {
            await historian.WriteAsync(historian.TakeFloorAsync, cancel);
            return historian;
        }
        catch
        {
            await historian.DropSessionAsync();
            throw;
        }
    }

    public async ValueTask<CommitOutcome> CommitAsync(IReadOnlyList<RecordGroup> groups, IReadOnlyList<StreamPosition> read, CancellationToken cancel)
    {
        var now = Timestamp.Now(_clock);
        HashSet<long> days = [.. groups.Where(g => g is not null).SelectMany(g => g.Readings).Select(r => Partitions.DayOf(r.Record.Ts))];
        return await WriteAsync((session, stop) => session.Groups.WriteAsync(groups, read, now, session.IsCareful, stop), cancel, days, tell: true);
    }

    public ValueTask<IReadOnlyList<StreamPosition>> ReadPositionsAsync(string cluster, CancellationToken cancel) =>
        ReadAsync((c, stop) => PositionTable.ReadAsync(c, cluster, stop), cancel);

    public async ValueTask<IReadOnlyList<TagRow>> SaveTagsAsync(IReadOnlyList<TagInfo> tags, CancellationToken cancel) =>
        await WriteAsync((session, stop) => session.Tags.SaveAsync(tags, stop), cancel, tell: true);

    public async ValueTask SaveHeartbeatAsync(Heartbeat heartbeat, ReadOnlyMemory<byte> json, CancellationToken cancel) => await WriteAsync(
        (session, stop) => session.Connection.RunAsync(
            """
            INSERT INTO agents (agent, site, last_seen, heartbeat, changed) VALUES ($1, $2, $3, $4, pg_current_xact_id())
            ON CONFLICT (agent) DO UPDATE SET site = excluded.site, last_seen = excluded.last_seen, heartbeat = excluded.heartbeat, changed = excluded.changed
            """,
            stop, heartbeat.Agent, heartbeat.Site, Timestamp.Now(_clock).ToSql(), Encoding.UTF8.GetString(json.Span)),
        cancel);

    public async ValueTask<int> RefreshRollUpsAsync(int most, CancellationToken cancel) => await WriteAsync(
        async (session, stop) =>
        {
            await session.Ledger.MergeAsync(stop);
            return await session.RollUps.RefreshAsync(most, Timestamp.Now(_clock), await TakeFloorAsync(session, stop), stop);
        },
        cancel);

    public async ValueTask<long> RemoveReadingsAsync(Timestamp before, string cause, CancellationToken cancel)
    {
        try
        {
            var removed = await WriteAsync((session, stop) => session.Removal.RemoveReadingsAsync(before, cause, Timestamp.Now(_clock), stop), cancel);
            await WriteAsync(TakeFloorAsync, cancel);
            return removed;
        }
        catch (HistorianException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
        {
            return 0; // A long query holds the day; the next round takes it.
        }
    }

    public async ValueTask<long> RemoveRollUpsAsync(Timestamp minutesBefore, Timestamp hoursBefore, CancellationToken cancel) => await WriteAsync(
        async (session, stop) =>
            await session.Removal.RemoveRollUpsAsync(RollUpRows.MinuteLevel, minutesBefore, Timestamp.Now(_clock), stop)
            + await session.Removal.RemoveRollUpsAsync(RollUpRows.HourLevel, hoursBefore, Timestamp.Now(_clock), stop),
        cancel);

    public ValueTask<IReadOnlyList<TagRow>> ReadTagsAsync(CancellationToken cancel) => ReadAsync(PostgresReader.ReadTagsAsync, cancel);

    public ValueTask<IReadOnlyList<int>> FindTagAsync(TagKey key, CancellationToken cancel) =>
        ReadAsync((c, stop) => PostgresReader.FindTagAsync(c, key, stop), cancel);

    public ValueTask<IReadOnlyList<TagVersion>> ReadTagVersionsAsync(IReadOnlyList<int> tags, CancellationToken cancel) =>
        ReadAsync((c, stop) => PostgresReader.ReadTagVersionsAsync(c, tags, stop), cancel);

    public ValueTask<IReadOnlyList<RawPoint>> ReadRawAsync(IReadOnlyList<int> tags, Timestamp from, Timestamp to, int limit, CancellationToken cancel) =>
        ReadAsync((c, stop) => PostgresReader.ReadRawAsync(c, tags, from, to, limit, stop), cancel);

    public ValueTask<IReadOnlyList<Bucket>> ReadBucketsAsync(IReadOnlyList<int> tags, Timestamp from, Timestamp to, TimeSpan step, CancellationToken cancel) => ReadAsync(
        async (c, stop) =>
        {
            // One snapshot: what is no longer marked is in the row that is read.
            await using var snapshot = await c.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);
            return await new RollUpReader(c, await Session.RawFloorAsync(c, stop)).ReadAsync(tags, from, to, step, stop);
        },
        cancel);

    public ValueTask<IReadOnlyList<AgentRow>> ReadAgentsAsync(string? agent, CancellationToken cancel) =>
        ReadAsync((c, stop) => PostgresReader.ReadAgentsAsync(c, agent, stop), cancel);

    public ValueTask<IReadOnlyList<GapRow>> ReadGapsAsync(GapQuery query, CancellationToken cancel) =>
        ReadAsync((c, stop) => PostgresReader.ReadGapsAsync(c, query, stop), cancel);

    public ValueTask<HistorianSize> ReadSizeAsync(CancellationToken cancel) => ReadAsync(PostgresReader.ReadSizeAsync, cancel);

    public ValueTask<Timestamp?> ReadOldestAsync(CancellationToken cancel) => ReadAsync(PostgresReader.ReadOldestAsync, cancel);

    public ValueTask<IReadOnlyList<(TagKey Key, TagInfo? Info)>> ExportTagsAsync(CancellationToken cancel) => ReadAsync(PostgresTransfer.TagsAsync, cancel);

    public ValueTask<IReadOnlyList<TagVersion>> ExportTagVersionsAsync(CancellationToken cancel) =>
        ReadAsync((c, stop) => PostgresReader.ReadTagVersionsAsync(c, null, stop), cancel);

    public IAsyncEnumerable<Reading> ExportReadingsAsync(CancellationToken cancel) => PostgresTransfer.ReadingsAsync(_server, cancel);

    public IAsyncEnumerable<Event> ExportEventsAsync(CancellationToken cancel) => PostgresTransfer.EventsAsync(_server, cancel);

    public ValueTask<IReadOnlyList<EpochNumbers>> ExportLedgerAsync(CancellationToken cancel) => ReadAsync(PostgresTransfer.LedgerAsync, cancel);

    public ValueTask<long> CountReadingsAsync(CancellationToken cancel) =>
        ReadAsync((c, stop) => c.ScalarAsync<long>("SELECT count(*) FROM readings", stop), cancel);

    public async ValueTask ImportLedgerAsync(IReadOnlyList<EpochNumbers> epochs, CancellationToken cancel) =>
        await WriteAsync((session, stop) => PostgresTransfer.TakeAsync(session, epochs, Timestamp.Now(_clock), stop), cancel);

    public ValueTask<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(long after, int most, CancellationToken cancel) =>
        ReadAsync((c, stop) => DeadLetterTable.ReadAsync(c, after, most, stop), cancel);

    public async ValueTask<int> RemoveDeadLettersAsync(IReadOnlyList<long> ids, CancellationToken cancel) =>
        await WriteAsync((session, stop) => DeadLetterTable.RemoveAsync(session.Connection, ids, stop), cancel);

    public async Task FollowAsync(Action<SharedChanges> show, CancellationToken cancel)
    {
        try
        {
            await _changes.FollowAsync(show, cancel);
        }
        catch (Exception e) when (Failures.IsOfTheDatabase(e))
        {
            throw Failures.Translate(e, _server.Place);
        }
    }

    /// <summary>Waits for the turn of a writer and keeps it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        await _turn.WaitAsync();
        await DropSessionAsync();
        await _server.DisposeAsync();
    }

    private async Task<T> WriteAsync<T>(
        Func<Session, CancellationToken, Task<T>> work, CancellationToken cancel, IReadOnlyCollection<long>? days = null, bool tell = false)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    var result = await TryWriteAsync(work, days ?? [], cancel);
                    if (tell)
                        await TellAsync(cancel);
                    return result;
                }
                catch (Exception e) when ((Failures.IsConflict(e) || Failures.IsMeeting(e)) && attempt < MaxTries && _session is not null)
                {
                    _session.Catalog.Forget();
                    _session.IsCareful = Failures.IsMeeting(e) || _session.IsCareful;
                }
            }
        }
        catch (Exception e)
        {
            await DropSessionAsync();
            if (Failures.IsOfTheDatabase(e))
                throw Failures.Translate(e, _server.Place);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<T> TryWriteAsync<T>(Func<Session, CancellationToken, Task<T>> work, IReadOnlyCollection<long> days, CancellationToken cancel)
    {
        var session = _session ??= await Session.OpenAsync(_server, _clock, cancel);
        await session.Partitions.EnsureAsync(session.Connection, days, Timestamp.Now(_clock), RawFloor, cancel);
        await using var transaction = await session.Connection.BeginTransactionAsync(cancel);
        session.Marks.Begin();
        var result = await work(session, cancel);
        await transaction.CommitAsync(cancel);
        if (session.IsUnconfirmed)
            throw new HistorianException($"PostgreSQL on {_server.Place}: the standby did not confirm a commit; bring it back, or take it out of synchronous_standby_names");
        session.Catalog.Keep();
        session.Groups.Keep();
        session.Marks.Keep();
        session.IsCareful = false;
        return result;
    }

    private async ValueTask<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        try
        {
            await using var connection = await _server.OpenAsync(cancel);
            return await work(connection, cancel);
        }
        catch (Exception e) when (Failures.IsOfTheDatabase(e))
        {
            throw Failures.Translate(e, _server.Place);
        }
    }

    // What is committed is committed: that the others are not woken must not look like a failure.
    private async Task TellAsync(CancellationToken cancel)
    {
        try
        {
            await _changes.TellAsync(_session!.Connection, cancel); // a commit has just run on it
        }
        catch (Exception e) when (Failures.IsOfTheDatabase(e) || e is OperationCanceledException)
        {
            await DropSessionAsync();
        }
    }

    // Another centre may have raised it.
    private async Task<Timestamp> TakeFloorAsync(Session session, CancellationToken cancel)
    {
        var floor = await Session.RawFloorAsync(session.Connection, cancel);
        Interlocked.Exchange(ref _rawFloor, floor.Microseconds);
        return floor;
    }

    private async Task DropSessionAsync()
    {
        if (_session is { } session)
        {
            _session = null;
            await session.DisposeAsync();
        }
    }
}
