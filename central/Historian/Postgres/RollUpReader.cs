using Npgsql;
using Penstock.Analytics;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>
/// A range in buckets of one step, from the coarsest level whose interval divides the step: below a minute from the readings
/// themselves, else from roll-ups; what is marked as outdated is computed from the level below. The caller has a transaction
/// with one snapshot.
/// </summary>
internal sealed class RollUpReader(NpgsqlConnection connection, Timestamp rawFloor)
{
    public async Task<IReadOnlyList<Bucket>> ReadAsync(IReadOnlyList<int> tags, Timestamp from, Timestamp to, TimeSpan step, CancellationToken cancel)
    {
        var length = step.Ticks / TimeSpan.TicksPerMicrosecond;
        var start = Floor(from.Microseconds, length);
        var buckets = new SortedDictionary<long, RollUp>();
        foreach (var tag in tags)
        {
            // A tag's own parts first, then the names joined: the order that every engine adds in.
            foreach (var part in (await PartsAsync(tag, start, to.Microseconds, length, cancel)).GroupBy(b => Floor(b.Start.Microseconds, length), b => b.RollUp))
                buckets[part.Key] = buckets.GetValueOrDefault(part.Key).Join(part.Aggregate((sum, next) => sum.Join(next)));
        }

        return [.. buckets.Select(b => new Bucket(new(b.Key), b.Value))];
    }

    private async Task<IReadOnlyList<Bucket>> PartsAsync(int tag, long from, long to, long length, CancellationToken cancel)
    {
        var level = Enumerable.Range(0, RollUpRows.Steps.Count).LastOrDefault(l => length % RollUpRows.Steps[l] == 0, -1);
        if (level >= 0)
            return await LevelAsync(tag, level, from, to, cancel);

        var old = from < rawFloor.Microseconds
            ? await LevelAsync(tag, RollUpRows.MinuteLevel, Floor(from, RollUpRows.Steps[0]), Math.Min(rawFloor.Microseconds, to), cancel)
            : [];
        return [.. old, .. await FromReadingsAsync(tag, Math.Max(from, rawFloor.Microseconds), to, length, cancel)];
    }

    /// <summary>The roll-ups of one level in a range of starts, computed from the level below where marked as outdated.</summary>
    private async Task<IReadOnlyList<Bucket>> LevelAsync(int tag, int level, long from, long to, CancellationToken cancel)
    {
        var stored = await RollUpRows.ReadAsync(connection, tag, level, from, to, cancel);
        var marked = await connection.RowsAsync(
            r => r.Moment(0).Microseconds, "SELECT DISTINCT start FROM minute_marks WHERE tag = $1 AND start >= $2 AND start < $3", cancel,
            tag, new Timestamp(from).ToBorder(), new Timestamp(to).ToBorder());
        if (marked.Count == 0)
            return stored;

        var buckets = new SortedDictionary<long, RollUp>(stored.ToDictionary(b => b.Start.Microseconds, b => b.RollUp));
        if (level == RollUpRows.MinuteLevel)
            await PatchMinutesAsync(buckets, tag, marked, cancel);
        else
            await PatchAsync(buckets, tag, level, marked, cancel);
        return [.. buckets.Where(b => b.Key >= from).Select(b => new Bucket(new(b.Key), b.Value))];
    }

    private async Task PatchAsync(SortedDictionary<long, RollUp> buckets, int tag, int level, List<long> marked, CancellationToken cancel)
    {
        foreach (var start in marked.Select(m => Floor(m, RollUpRows.Steps[level])).Distinct())
        {
            var below = await LevelAsync(tag, level - 1, start, start + RollUpRows.Steps[level], cancel);
            buckets[start] = below.Aggregate(default(RollUp), (sum, b) => sum.Join(b.RollUp));
        }
    }

    private async Task PatchMinutesAsync(SortedDictionary<long, RollUp> buckets, int tag, List<long> marked, CancellationToken cancel)
    {
        var minute = RollUpRows.Steps[RollUpRows.MinuteLevel];
        foreach (var start in marked.Where(m => m < rawFloor.Microseconds))
        {
            var late = await LateFold.ReadAsync(connection, tag, new Timestamp(start).ToSql(), new Timestamp(start + minute).ToSql(), cancel);
            buckets[start] = buckets.GetValueOrDefault(start).Join(late);
        }

        var present = marked.Where(m => m >= rawFloor.Microseconds).ToHashSet();
        if (present.Count == 0)
            return;
        foreach (var start in present)
            buckets[start] = default;
        foreach (var bucket in await FromReadingsAsync(tag, present.Min(), present.Max() + minute, minute, cancel))
        {
            if (present.Contains(bucket.Start.Microseconds))
                buckets[bucket.Start.Microseconds] = bucket.RollUp;
        }
    }

    private async Task<List<Bucket>> FromReadingsAsync(int tag, long from, long to, long length, CancellationToken cancel)
    {
        List<Bucket> buckets = [];
        var (start, sum) = (long.MinValue, default(RollUp));
        foreach (var (ts, value, q) in await connection.RowsAsync(
            r => (r.Moment(0), r.Number(1), (Quality)r.GetInt16(2)),
            "SELECT ts, value, q FROM readings WHERE tag = $1 AND ts >= $2 AND ts < $3 ORDER BY ts, epoch, seq", cancel,
            tag, new Timestamp(from).ToBorder(), new Timestamp(to).ToBorder()))
        {
            var bucket = Floor(ts.Microseconds, length);
            if (bucket != start && start != long.MinValue)
                buckets.Add(new(new(start), sum));
            if (bucket != start)
                (start, sum) = (bucket, default);
            sum = sum.Add(ts, value, q);
        }

        if (start != long.MinValue)
            buckets.Add(new(new(start), sum));
        return buckets;
    }

    private static long Floor(long value, long step) => Sqlite.ReadingTable.Floor(value, step);
}
