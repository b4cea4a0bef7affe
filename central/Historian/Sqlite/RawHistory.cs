using Microsoft.Data.Sqlite;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>Readings as they are, of a tag and its former names.</summary>
internal static class RawHistory
{
    private const string Query =
        """
        SELECT r.ts, r.value, r.text, u.symbol, r.q, r.why, r.clock, e.agent, e.epoch, r.seq, r.committed
        FROM readings r JOIN epochs e ON e.id = r.epoch LEFT JOIN units u ON u.id = r.unit
        WHERE r.tag = $tag AND r.ts >= $from AND r.ts < $to
        ORDER BY r.ts, r.epoch, r.seq LIMIT $limit
        """;

    public static IReadOnlyList<RawPoint> Read(SqliteConnection connection, IReadOnlyList<int> tags, Timestamp from, Timestamp to, int limit)
    {
        List<RawPoint> points = [];
        foreach (var tag in tags)
        {
            points.AddRange(connection.Rows(
                Map, Query, ("$tag", tag), ("$from", from.Microseconds), ("$to", to.Microseconds), ("$limit", limit)));
        }

        // A stable sort keeps epoch and seq in order inside one moment.
        return tags.Count <= 1 ? points : [.. points.OrderBy(p => p.Ts.Microseconds).Take(limit)];
    }

    private static RawPoint Map(SqliteDataReader r) => new(
        new(r.GetInt64(0)), r.Number(1), r.Text(2), r.Text(3), (Quality)r.GetInt32(4), r.Text(5), (ClockState)r.GetInt32(6),
        r.GetString(7), r.GetString(8), r.GetInt64(9), new(r.GetInt64(10)));
}
