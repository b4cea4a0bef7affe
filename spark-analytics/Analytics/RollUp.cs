using Penstock.Contracts;

namespace Penstock.Analytics;

/// <summary>
/// The summary of one tag over one interval. A pure fold: adding the readings of an interval in the order of their time
/// stamps gives the same roll-up wherever it runs. Bad readings count in <see cref="Worst"/> and not in the numbers.
/// </summary>
public readonly record struct RollUp
{
    /// <summary>Readings with a number.</summary>
    public long Count { get; init; }

    public double Min { get; init; }

    public double Max { get; init; }

    public double Sum { get; init; }

    public double First { get; init; }

    public Timestamp FirstTs { get; init; }

    public double Last { get; init; }

    public Timestamp LastTs { get; init; }

    /// <summary>
    /// For counters: how far the value rose from <see cref="First"/> to <see cref="Last"/>. A fall is a reset, after which
    /// the counter began again at zero. The step between two intervals is added by <see cref="Join"/>.
    /// </summary>
    public double Increase { get; init; }

    public Quality Worst { get; init; }

    /// <summary>Arithmetic mean; null without a number.</summary>
    public double? Mean => Count == 0 ? null : Sum / Count;

    /// <summary>The roll-up with one more reading.</summary>
    public RollUp Add(Timestamp ts, double? value, Quality quality)
    {
        var worst = quality > Worst ? quality : Worst;
        if (value is not { } number || quality == Quality.Bad)
            return this with { Worst = worst };
        if (Count == 0)
        {
            return new()
            {
                Count = 1,
                Min = number,
                Max = number,
                Sum = number,
                First = number,
                FirstTs = ts,
                Last = number,
                LastTs = ts,
                Worst = worst,
            };
        }

        var newest = ts >= LastTs;
        var oldest = ts < FirstTs;
        return new()
        {
            Count = Count + 1,
            Min = Math.Min(Min, number),
            Max = Math.Max(Max, number),
            Sum = Sum + number,
            First = oldest ? number : First,
            FirstTs = oldest ? ts : FirstTs,
            Last = newest ? number : Last,
            LastTs = newest ? ts : LastTs,
            Increase = Increase + (newest ? Rise(Last, number) : oldest ? Rise(number, First) : 0),
            Worst = worst,
        };
    }

    /// <summary>The roll-up of both intervals together, whichever comes first.</summary>
    public RollUp Join(RollUp other)
    {
        var worst = other.Worst > Worst ? other.Worst : Worst;
        if (other.Count == 0)
            return this with { Worst = worst };
        if (Count == 0)
            return other with { Worst = worst };

        var (earlier, later) = other.FirstTs < FirstTs ? (other, this) : (this, other);
        var newest = later.LastTs >= earlier.LastTs ? later : earlier;
        return new()
        {
            Count = earlier.Count + later.Count,
            Min = Math.Min(earlier.Min, later.Min),
            Max = Math.Max(earlier.Max, later.Max),
            Sum = earlier.Sum + later.Sum,
            First = earlier.First,
            FirstTs = earlier.FirstTs,
            Last = newest.Last,
            LastTs = newest.LastTs,
            Increase = earlier.Increase + (later.Increase + (later.FirstTs >= earlier.LastTs ? Rise(earlier.Last, later.First) : 0)),
            Worst = worst,
        };
    }

    private static double Rise(double from, double to) => to >= from ? to - from : Math.Max(to, 0);
}
