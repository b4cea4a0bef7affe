using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>
/// Brings roll-ups up to date inside the database. Commits leave marks (<see cref="MinuteMarks"/>); a refresh takes marks away and
/// computes their minutes with a later statement, so it sees the readings of every mark it took. One centre at a time. A level is
/// a pure function of the one below, added up in the order of time exactly as <see cref="Analytics.RollUp"/> does it, so the
/// results are equal to the last bit.
/// Below the raw floor readings are removed: there the readings that came late and are not yet <c>folded</c> are joined to the row.
/// </summary>
internal sealed class RollUpRefresh(NpgsqlConnection connection, MinuteMarks marks)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // Numbers that count have q < 2 and a value. The sorted window hands the rows to the sums in the order of time.
    private static readonly string Minutes =
        $"""
        INSERT INTO rollups_minute (tag, start, {RollUpRows.Values})
        SELECT m.tag, m.start, r.* FROM taken m CROSS JOIN LATERAL (
            SELECT count(number), min(number), max(number), sum(number),
                max(number) FILTER (WHERE before IS NULL), min(ts) FILTER (WHERE number IS NOT NULL),
                max(number) FILTER (WHERE after IS NULL), max(ts) FILTER (WHERE number IS NOT NULL),
                sum(CASE WHEN number IS NULL THEN NULL WHEN before IS NULL THEN 0 WHEN number >= before THEN number - before ELSE greatest(number, 0) END),
                coalesce(max(q), 0)
            FROM (
                SELECT ts, q, number, lag(number) OVER w AS before, lead(number) OVER w AS after
                FROM (
                    SELECT ts, epoch, seq, q, CASE WHEN q < 2 THEN value END AS number FROM readings
                    WHERE tag = m.tag AND ts >= m.start AND ts < m.start + interval '1 minute' AND ts >= $1 AND ts < $2) raw
                WINDOW w AS (PARTITION BY number IS NULL ORDER BY ts, epoch, seq)) n) r
        WHERE m.start >= $3
        {RollUpRows.Replace}
        """;

    private static readonly string Hours = Level("rollups_hour", "rollups_minute", "hour");
    private static readonly string Days = Level("rollups_day", "rollups_hour", "day");

    /// <summary>Brings up to <paramref name="most"/> marked minutes up to date that ended before a moment. The caller has the transaction.</summary>
    public async Task<int> RefreshAsync(int most, Timestamp endedBefore, Timestamp rawFloor, CancellationToken cancel)
    {
        if (!await connection.ScalarAsync<bool>("SELECT pg_try_advisory_xact_lock($1)", cancel, AdvisoryLock.RollUps))
            return 0;
        return await ComputeAsync(await marks.TakeAsync(most, endedBefore - Minute, cancel), rawFloor, cancel);
    }

    /// <summary>
    /// What other centres have marked below a floor that rises, or in the future, where removal is about to take readings. The marks
    /// stay with them; computing a minute twice changes nothing. The caller has the transaction and the lock.
    /// </summary>
    public async Task RefreshOthersAsync(Timestamp below, Timestamp above, Timestamp rawFloor, CancellationToken cancel) =>
        await ComputeAsync(await marks.ReadOthersAsync(below, above, cancel), rawFloor, cancel);

    private async Task<int> ComputeAsync(IReadOnlyList<DateTime> starts, Timestamp rawFloor, CancellationToken cancel)
    {
        if (starts.Count == 0)
            return 0;
        var floor = rawFloor.ToBorder();
        if (starts.Any(start => start < floor))
            await new LateFold(connection).FoldAsync(floor, cancel);
        await using var batch = connection.CreateBatch();
        batch.Add(Minutes, starts.Min(), (Sql.From(starts.Max()) + Minute).ToBorder(), floor);
        batch.Add(Hours);
        batch.Add(Days);
        await batch.ExecuteNonQueryAsync(cancel);
        return starts.Count;
    }

    // An interval without numbers only counts for the worst quality.
    private static string Level(string level, string below, string unit) =>
        $"""
        INSERT INTO {level} (tag, start, {RollUpRows.Values})
        SELECT i.tag, i.start, r.* FROM (SELECT DISTINCT tag, date_trunc('{unit}', start, 'UTC') AS start FROM taken) i CROSS JOIN LATERAL (
            SELECT sum(count)::bigint, min(min), max(max), sum(sum),
                max(first) FILTER (WHERE before IS NULL), min(first_ts), max(last) FILTER (WHERE after IS NULL), max(last_ts),
                sum(increase + CASE WHEN before IS NULL THEN 0 WHEN first >= before THEN first - before ELSE greatest(first, 0) END),
                max(worst)
            FROM (
                SELECT *, lag(last) OVER w AS before, lead(first) OVER w AS after FROM {below}
                WHERE tag = i.tag AND start >= i.start AND start < i.start + interval '1 {unit}'
                WINDOW w AS (PARTITION BY count = 0 ORDER BY start)) n) r
        {RollUpRows.Replace}
        """;
}
