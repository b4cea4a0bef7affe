using Microsoft.Data.Sqlite;
using Penstock.Analytics;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>
/// Roll-ups by minute, hour and day. A level is a pure function of the one below (a minute: of its readings in order), so
/// duplicates, late data and any order of arrival give the same rows. Readings mark their minute in
/// <c>outdated_minutes</c> in their own transaction; <see cref="Refresh"/> computes marked minutes, then their hours and
/// days, and takes the marks away in one transaction: a crash between leaves the marks. A reader computes what is marked
/// from the level below.
/// Before the raw floor the readings are gone: there a late reading is added to the row and removed, once.
/// </summary>
internal sealed class RollUpTable(SqliteConnection connection)
{
    public const int MinuteLevel = 0;
    public const int HourLevel = 1;
    public const int DayLevel = 2;

    /// <summary>Length of each level's interval in microseconds.</summary>
    public static readonly IReadOnlyList<long> Steps = [60_000_000, 3_600_000_000, 86_400_000_000];

    private const string Columns = "start, count, min, max, sum, first, first_ts, last, last_ts, increase, worst";

    /// <summary>Brings marked minutes up to date that ended before a moment. The caller has the transaction.</summary>
    public int Refresh(int most, Timestamp endedBefore, Timestamp rawFloor)
    {
        var marked = connection.Rows(
            r => (Tag: r.GetInt32(0), Start: r.GetInt64(1)),
            "SELECT tag, start FROM outdated_minutes WHERE start <= $start LIMIT $most",
            ("$start", endedBefore.Microseconds - Steps[MinuteLevel]), ("$most", most));
        foreach (var minutes in marked.GroupBy(m => m.Tag, m => m.Start))
            RefreshTag(minutes.Key, [.. minutes], rawFloor);
        return marked.Count;
    }

    /// <summary>The roll-ups of one level in a range of starts, computed from the level below where marked as outdated.</summary>
    public IEnumerable<Bucket> Read(int tag, int level, long from, long to)
    {
        var stored = Stored(tag, level, from, to);
        var outdated = connection.Rows(
            r => r.GetInt64(0), "SELECT start FROM outdated_minutes WHERE tag = $tag AND start >= $from AND start < $to",
            ("$tag", tag), ("$from", from), ("$to", to))
            .Select(start => ReadingTable.Floor(start, Steps[level])).Distinct().ToList();
        if (outdated.Count == 0)
            return stored;

        var buckets = new SortedDictionary<long, RollUp>(stored.ToDictionary(b => b.Start.Microseconds, b => b.RollUp));
        foreach (var start in outdated)
            buckets[start] = Compute(tag, level, start, level == MinuteLevel ? buckets.GetValueOrDefault(start) : default);
        return buckets.Where(b => b.Key >= from).Select(b => new Bucket(new(b.Key), b.Value));
    }

    private List<Bucket> Stored(int tag, int level, long from, long to) => connection.Rows(
        Map, $"SELECT {Columns} FROM rollups WHERE tag = $tag AND level = $level AND start >= $from AND start < $to ORDER BY start",
        ("$tag", tag), ("$level", level), ("$from", from), ("$to", to));

    private void RefreshTag(int tag, List<long> minutes, Timestamp rawFloor)
    {
        foreach (var start in minutes)
            RefreshMinute(tag, start, rawFloor);
        foreach (var level in (ReadOnlySpan<int>)[HourLevel, DayLevel])
        {
            foreach (var start in minutes.Select(m => ReadingTable.Floor(m, Steps[level])).Distinct())
                Save(tag, level, start, Fold(Stored(tag, level - 1, start, start + Steps[level])));
        }
    }

    private void RefreshMinute(int tag, long start, Timestamp rawFloor)
    {
        var end = start + Steps[MinuteLevel];
        var computed = FromReadings(tag, start, end);
        if (end <= rawFloor.Microseconds)
        {
            computed = Fold(Stored(tag, MinuteLevel, start, end)).Join(computed);
            connection.Run("DELETE FROM readings WHERE tag = $tag AND ts >= $from AND ts < $to", ("$tag", tag), ("$from", start), ("$to", end));
        }

        Save(tag, MinuteLevel, start, computed);
        connection.Run("DELETE FROM outdated_minutes WHERE tag = $tag AND start = $start", ("$tag", tag), ("$start", start));
    }

    private RollUp Compute(int tag, int level, long start, RollUp stored)
    {
        var end = start + Steps[level];
        if (level > MinuteLevel)
            return Fold(Read(tag, level - 1, start, end));

        var computed = FromReadings(tag, start, end);
        return end <= Removal.ReadFloor(connection).Microseconds ? stored.Join(computed) : computed;
    }

    private RollUp FromReadings(int tag, long from, long to)
    {
        var sum = default(RollUp);
        foreach (var (ts, value, q) in connection.Rows(
            r => (r.GetInt64(0), r.Number(1), r.GetInt32(2)),
            "SELECT ts, value, q FROM readings WHERE tag = $tag AND ts >= $from AND ts < $to ORDER BY ts, epoch, seq",
            ("$tag", tag), ("$from", from), ("$to", to)))
        {
            sum = sum.Add(new(ts), value, (Quality)q);
        }

        return sum;
    }

    private static RollUp Fold(IEnumerable<Bucket> buckets) => buckets.Aggregate(default(RollUp), (sum, bucket) => sum.Join(bucket.RollUp));

    private void Save(int tag, int level, long start, RollUp r)
    {
        var some = r.Count > 0;
        connection.Run(
            $"""
            INSERT OR REPLACE INTO rollups (tag, level, {Columns})
            VALUES ($tag, $level, $start, $count, $min, $max, $sum, $first, $first_ts, $last, $last_ts, $increase, $worst)
            """,
            ("$tag", tag), ("$level", level), ("$start", start), ("$count", r.Count),
            ("$min", some ? r.Min : null), ("$max", some ? r.Max : null), ("$sum", some ? r.Sum : null),
            ("$first", some ? r.First : null), ("$first_ts", some ? r.FirstTs.Microseconds : null),
            ("$last", some ? r.Last : null), ("$last_ts", some ? r.LastTs.Microseconds : null),
            ("$increase", some ? r.Increase : null), ("$worst", (int)r.Worst));
    }

    private static Bucket Map(SqliteDataReader r) => new(new(r.GetInt64(0)), r.GetInt64(1) == 0
        ? new() { Worst = (Quality)r.GetInt32(10) }
        : new()
        {
            Count = r.GetInt64(1),
            Min = r.GetDouble(2),
            Max = r.GetDouble(3),
            Sum = r.GetDouble(4),
            First = r.GetDouble(5),
            FirstTs = new(r.GetInt64(6)),
            Last = r.GetDouble(7),
            LastTs = new(r.GetInt64(8)),
            Increase = r.GetDouble(9),
            Worst = (Quality)r.GetInt32(10),
        });
}
