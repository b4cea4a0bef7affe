using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>A trend record with what it says; pure.</summary>
internal readonly record struct TrendRecord(StoredRecord Record, string Device, string Tag, Timestamp Ts, double? Value)
{
    /// <summary>Null when the line is no reading.</summary>
    public static TrendRecord? Read(StoredRecord record)
    {
        var line = record.Line.Span.TrimEnd((byte)'\n');
        return RecordCodec.TryDecode(line, out Reading? reading) is null && reading is not null
            ? new TrendRecord(record with { MinTs = reading.Ts, MaxTs = reading.Ts }, reading.Device, reading.Tag, reading.Ts, reading.Value)
            : null;
    }
}

/// <summary>Which records of trends stay: of every tag, in every interval, the smallest, the largest, and the first without a value.</summary>
internal static class Thinning
{
    /// <summary>Long enough that tags polled every few seconds shrink much, short enough to see a day's shape.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    public static HashSet<long> Keepers(IEnumerable<TrendRecord> records)
    {
        HashSet<long> keepers = [];
        foreach (var bucket in records.GroupBy(record => (record.Device, record.Tag, Slot(record.Ts))))
        {
            var valued = bucket.Where(record => record.Value.HasValue).ToList();
            if (valued.Count > 0)
            {
                keepers.Add(valued.MinBy(record => record.Value).Record.Seq);
                keepers.Add(valued.MaxBy(record => record.Value).Record.Seq);
            }

            if (valued.Count < bucket.Count())
                keepers.Add(bucket.First(record => record.Value is null).Record.Seq);
        }

        return keepers;
    }

    private static long Slot(Timestamp ts) => Math.DivRem(ts.Microseconds, (long)Interval.TotalMicroseconds).Quotient;
}
