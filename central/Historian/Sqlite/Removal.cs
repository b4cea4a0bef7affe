using Microsoft.Data.Sqlite;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>
/// Removes old readings and roll-ups in bounded chunks, each recorded in <c>removals</c>. The raw floor rises first, in
/// whole minutes and after every marked minute below it was rolled up, so that no roll-up is computed from half a minute.
/// </summary>
internal sealed class Removal(SqliteConnection connection, RollUpTable rollUps)
{
    private const int ChunkRows = 20_000;
    private const int MarksAtOnce = 500;
    private const int PagesGivenBack = 2000;
    private long _rawFloor = long.MinValue;

    public Timestamp RawFloor => new(Interlocked.Read(ref _rawFloor));

    public void Load() => Interlocked.Exchange(ref _rawFloor, ReadFloor(connection).Microseconds);

    /// <summary>Below it readings were removed. While none were it lies before all time, as a clock may stand before 1970 too.</summary>
    public static Timestamp ReadFloor(SqliteConnection connection) =>
        new(connection.Scalar<long?>("SELECT value FROM meta WHERE key = 'raw_floor'") ?? long.MinValue);

    /// <summary>One chunk, oldest tags' readings first; the caller has the transaction.</summary>
    public long RemoveReadings(Timestamp before, string cause, Timestamp now)
    {
        var floor = ReadingTable.Floor(before.Microseconds, RollUpTable.Steps[RollUpTable.MinuteLevel]);
        while (rollUps.Refresh(MarksAtOnce, new(floor), RawFloor) > 0)
        {
        }

        if (floor > RawFloor.Microseconds)
        {
            connection.Run("INSERT OR REPLACE INTO meta (key, value) VALUES ('raw_floor', $floor)", ("$floor", floor));
            Interlocked.Exchange(ref _rawFloor, floor);
        }

        var (count, from, to) = RemoveChunk(floor);
        if (count > 0)
            Record(now, cause, "readings", from, to, count);
        connection.Rows(_ => 0, $"PRAGMA incremental_vacuum({PagesGivenBack})");
        return count;
    }

    public long RemoveRollUps(int level, Timestamp before, Timestamp now)
    {
        var count = connection.Run(
            "DELETE FROM rollups WHERE level = $level AND start < $before AND tag IN (SELECT id FROM tags)",
            ("$level", level), ("$before", before.Microseconds));
        if (count > 0)
            Record(now, "retention", level == RollUpTable.MinuteLevel ? "minute roll-ups" : "hour roll-ups", 0, before.Microseconds, count);
        return count;
    }

    private (long Count, long From, long To) RemoveChunk(long floor)
    {
        var (count, from, to) = (0L, long.MaxValue, long.MinValue);
        foreach (var (tag, oldest) in connection.Rows(
            r => (r.GetInt64(0), r.Integer(1)), "SELECT id, (SELECT min(ts) FROM readings WHERE tag = tags.id) FROM tags"))
        {
            if (oldest is not { } start || start >= floor || count >= ChunkRows)
                continue;
            var end = Math.Min(floor, connection.Scalar<long?>(
                "SELECT ts FROM readings WHERE tag = $tag AND ts < $floor ORDER BY ts LIMIT 1 OFFSET $most",
                ("$tag", tag), ("$floor", floor), ("$most", ChunkRows - count)) ?? floor);
            count += RemoveBefore(tag, Math.Max(end, start + 1));
            (from, to) = (Math.Min(from, start), Math.Max(to, end));
        }

        return (count, from, to);
    }

    private int RemoveBefore(long tag, long end)
    {
        connection.Run(
            """
            INSERT INTO removed_numbers (epoch, count) SELECT epoch, count(*) FROM readings WHERE tag = $tag AND ts < $end GROUP BY epoch
            ON CONFLICT (epoch) DO UPDATE SET count = count + excluded.count
            """,
            ("$tag", tag), ("$end", end));
        return connection.Run("DELETE FROM readings WHERE tag = $tag AND ts < $end", ("$tag", tag), ("$end", end));
    }

    private void Record(Timestamp now, string cause, string what, long from, long to, long count)
    {
        connection.Run(
            "INSERT INTO removals (at, cause, what, from_ts, to_ts, count) VALUES ($at, $cause, $what, $from, $to, $count)",
            ("$at", now.Microseconds), ("$cause", cause), ("$what", what), ("$from", from), ("$to", to), ("$count", count));
        connection.Run("DELETE FROM removals WHERE id <= (SELECT max(id) FROM removals) - 10000");
    }
}
