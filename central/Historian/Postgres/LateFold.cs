using Npgsql;
using Penstock.Analytics;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>
/// Readings of days whose other readings are removed already: each is joined to the minute's row once and marked as folded. It
/// stays in the default partition until its own retention, by the time it was received, is over.
/// </summary>
internal sealed class LateFold(NpgsqlConnection connection)
{
    public async Task FoldAsync(DateTime floor, CancellationToken cancel)
    {
        var minutes = await connection.RowsAsync(
            r => (Tag: r.GetInt32(0), Start: r.GetDateTime(1)), "SELECT tag, start FROM taken WHERE start < $1", cancel, floor);
        foreach (var (tag, start) in minutes)
        {
            var late = await ReadAsync(connection, tag, start, start.AddMinutes(1), cancel);
            var from = Sql.From(start).Microseconds;
            var stored = await RollUpRows.ReadAsync(connection, tag, RollUpRows.MinuteLevel, from, from + 1, cancel);
            await RollUpRows.SaveAsync(connection, tag, start, stored.Count == 0 ? late : stored[0].RollUp.Join(late), cancel);
        }

        await connection.RunAsync(
            """
            UPDATE readings_default r SET folded = true FROM taken m
            WHERE m.start < $1 AND NOT r.folded AND r.tag = m.tag AND r.ts >= m.start AND r.ts < m.start + interval '1 minute'
            """,
            cancel, floor);
    }

    /// <summary>What came late in a range and is in no row yet.</summary>
    public static async Task<RollUp> ReadAsync(NpgsqlConnection connection, int tag, DateTime from, DateTime to, CancellationToken cancel)
    {
        var sum = default(RollUp);
        foreach (var (ts, value, q) in await connection.RowsAsync(
            r => (r.Moment(0), r.Number(1), (Quality)r.GetInt16(2)),
            "SELECT ts, value, q FROM readings_default WHERE tag = $1 AND ts >= $2 AND ts < $3 AND NOT folded ORDER BY ts, epoch, seq", cancel, tag, from, to))
        {
            sum = sum.Add(ts, value, q);
        }

        return sum;
    }
}
