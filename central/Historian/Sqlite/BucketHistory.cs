using Microsoft.Data.Sqlite;
using Penstock.Analytics;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>
/// A range in buckets of one step, from the coarsest level whose interval divides the step: below a minute from the
/// readings themselves, else from roll-ups.
/// </summary>
internal static class BucketHistory
{
    public static IReadOnlyList<Bucket> Read(
        SqliteConnection connection, IReadOnlyList<int> tags, Timestamp from, Timestamp to, TimeSpan step, Timestamp rawFloor)
    {
        var length = step.Ticks / TimeSpan.TicksPerMicrosecond;
        var start = ReadingTable.Floor(from.Microseconds, length);
        var buckets = new SortedDictionary<long, RollUp>();
        foreach (var bucket in tags.SelectMany(tag => Fold(Parts(connection, tag, start, to.Microseconds, length, rawFloor), length)))
            buckets[bucket.Start.Microseconds] = buckets.GetValueOrDefault(bucket.Start.Microseconds).Join(bucket.RollUp);
        return [.. buckets.Select(b => new Bucket(new(b.Key), b.Value))];
    }

    /// <summary>Joins neighbours of one bucket; the parts come in the order of time.</summary>
    private static IEnumerable<Bucket> Fold(IEnumerable<Bucket> parts, long length)
    {
        var (start, sum) = (long.MinValue, default(RollUp));
        foreach (var part in parts)
        {
            var key = ReadingTable.Floor(part.Start.Microseconds, length);
            if (key != start && start != long.MinValue)
                yield return new(new(start), sum);
            sum = key == start ? sum.Join(part.RollUp) : part.RollUp;
            start = key;
        }

        if (start != long.MinValue)
            yield return new(new(start), sum);
    }

    private static IEnumerable<Bucket> Parts(SqliteConnection connection, int tag, long from, long to, long length, Timestamp rawFloor)
    {
        var level = Enumerable.Range(0, RollUpTable.Steps.Count).LastOrDefault(l => length % RollUpTable.Steps[l] == 0, -1);
        if (level >= 0)
            return new RollUpTable(connection).Read(tag, level, from, to);

        var old = from < rawFloor.Microseconds
            ? new RollUpTable(connection).Read(tag, RollUpTable.MinuteLevel, ReadingTable.Floor(from, RollUpTable.Steps[0]), rawFloor.Microseconds)
            : [];
        return old.Concat(FromReadings(connection, tag, Math.Max(from, rawFloor.Microseconds), to, length));
    }

    private static IEnumerable<Bucket> FromReadings(SqliteConnection connection, int tag, long from, long to, long length)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT ts, value, q FROM readings WHERE tag = $tag AND ts >= $from AND ts < $to ORDER BY ts, epoch, seq";
        command.Parameters.AddWithValue("$tag", tag);
        command.Parameters.AddWithValue("$from", from);
        command.Parameters.AddWithValue("$to", to);
        using var reader = command.ExecuteReader();
        var (start, sum) = (long.MinValue, default(RollUp));
        while (reader.Read())
        {
            var ts = reader.GetInt64(0);
            var bucket = ReadingTable.Floor(ts, length);
            if (bucket != start && start != long.MinValue)
                yield return new(new(start), sum);
            if (bucket != start)
                (start, sum) = (bucket, default);
            sum = sum.Add(new(ts), reader.Number(1), (Quality)reader.GetInt32(2));
        }

        if (start != long.MinValue)
            yield return new(new(start), sum);
    }
}
