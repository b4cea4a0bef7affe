using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>
/// Removes whole days of readings by dropping their partition, each recorded in <c>removals</c>. The raw floor rises first, in
/// whole days and after every marked minute below it was rolled up. Readings whose clock was not trusted go by the time they
/// were received: when their day is dropped too early for them, they move to the default partition.
/// </summary>
internal sealed class Removal(NpgsqlConnection connection, RollUpRefresh rollUps, Partitions partitions)
{
    private const int ChunkRows = 20_000;
    private const int MarksAtOnce = 2000;
    private static readonly Timestamp End = new(long.MaxValue);
    private const string Columns = "ts, seq, value, committed, tag, epoch, unit, q, clock, late, folded, text, why, extra";

    /// <summary>One day, the oldest; when there is none, one chunk of the default partition. The caller has the transaction.</summary>
    public async Task<long> RemoveReadingsAsync(Timestamp before, string cause, Timestamp now, CancellationToken cancel)
    {
        var floor = Partitions.DayOf(before);
        await connection.RunAsync("SELECT pg_advisory_xact_lock($1), pg_advisory_xact_lock($2)", cancel, AdvisoryLock.RollUps, AdvisoryLock.Partitions);
        foreach (var day in (await Partitions.ReadAsync(connection, cancel)).Where(d => d < floor))
        {
            // Day by day, so that below the floor there is never a partition.
            var next = day + RollUpRows.Steps[RollUpRows.DayLevel];
            await RaiseFloorAsync(next, cancel);
            var count = await DropAsync(day, before, cancel);
            await RecordAsync(now, cause, "readings", new(day), new(next), count, cancel);
            if (count > 0)
                return count;
        }

        await RaiseFloorAsync(floor, cancel);

        // What stands in the future has its minutes rolled up now; nobody could do it later.
        var raised = await Session.RawFloorAsync(connection, cancel);
        await RefreshAllAsync(End, raised, cancel);
        await rollUps.RefreshOthersAsync(raised, now, raised, cancel);
        var old = await CountRemovedAsync(
            """
            DELETE FROM readings_default WHERE ctid = ANY(ARRAY(SELECT ctid FROM readings_default WHERE committed < $1 AND (folded OR ts >= $2) LIMIT $3))
            RETURNING epoch
            """,
            cancel, before.ToBorder(), raised.ToBorder(), ChunkRows);
        if (old > 0)
            await RecordAsync(now, cause, "readings without a trusted time", null, null, old, cancel);
        return old;
    }

    public async Task<long> RemoveRollUpsAsync(int level, Timestamp before, Timestamp now, CancellationToken cancel)
    {
        var count = await connection.RunAsync(
            $"DELETE FROM {RollUpRows.Tables[level]} WHERE tag IN (SELECT id FROM tags) AND start < $1", cancel, before.ToBorder());
        if (count > 0)
            await RecordAsync(now, "retention", level == RollUpRows.MinuteLevel ? "minute roll-ups" : "hour roll-ups", null, before, count, cancel);
        return count;
    }

    private async Task RaiseFloorAsync(long floor, CancellationToken cancel)
    {
        var old = (await Session.RawFloorAsync(connection, cancel)).Microseconds;
        if (floor <= old)
            return;
        await RefreshAllAsync(new(floor), new(old), cancel);
        await rollUps.RefreshOthersAsync(new(floor), End, new(old), cancel);
        await connection.RunAsync(
            "INSERT INTO meta (key, value) VALUES ('raw_floor', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value", cancel, floor);
        await connection.RunAsync("UPDATE readings_default SET folded = true WHERE ts < $1 AND NOT folded", cancel, new Timestamp(floor).ToBorder());
    }

    private async Task RefreshAllAsync(Timestamp before, Timestamp floor, CancellationToken cancel)
    {
        do
        {
            await connection.RunAsync("TRUNCATE taken", cancel);
        }
        while (await rollUps.RefreshAsync(MarksAtOnce, before, floor, cancel) > 0);
    }

    private async Task<long> DropAsync(long day, Timestamp before, CancellationToken cancel)
    {
        var name = Partitions.NameOf(day);
        var count = await connection.ScalarAsync<long>($"SELECT count(*) FROM {name}", cancel);

        // Behind a long query the wait for this lock would hold up everybody else.
        await connection.RunAsync("SET LOCAL lock_timeout = '1s'", cancel);
        await connection.RunAsync($"ALTER TABLE readings DETACH PARTITION {name}", cancel);
        var kept = await connection.RunAsync(
            $"""
            INSERT INTO readings_default ({Columns})
            SELECT {Columns.Replace("folded", "true", StringComparison.Ordinal)} FROM {name} WHERE clock <> 0 AND committed >= $1
            """,
            cancel, before.ToBorder());
        await CountRemovedAsync($"SELECT epoch FROM {name} WHERE NOT (clock <> 0 AND committed >= $1)", cancel, before.ToBorder());
        await connection.RunAsync($"DROP TABLE {name}", cancel);
        partitions.Forget(day);
        return count - kept;
    }

    // With the counts per epoch, rows that are missing without a reason can be told from removed ones.
    private Task<long> CountRemovedAsync(string epochs, CancellationToken cancel, params object?[] parameters) => connection.ScalarAsync<long>(
        $"""
        WITH gone AS ({epochs}), counts AS (
            INSERT INTO removed_numbers AS old (epoch, count) SELECT epoch, count(*) FROM gone GROUP BY epoch
            ON CONFLICT (epoch) DO UPDATE SET count = old.count + excluded.count)
        SELECT count(*) FROM gone
        """,
        cancel, parameters);

    private async Task RecordAsync(Timestamp now, string cause, string what, Timestamp? from, Timestamp? to, long count, CancellationToken cancel)
    {
        await connection.RunAsync(
            "INSERT INTO removals (at, cause, what, from_ts, to_ts, count) VALUES ($1, $2, $3, $4, $5, $6)", cancel,
            now.ToSql(), cause, what, from?.ToBorder(), to?.ToBorder(), count);
        await connection.RunAsync("DELETE FROM removals WHERE id <= (SELECT max(id) FROM removals) - 10000", cancel);
    }
}
