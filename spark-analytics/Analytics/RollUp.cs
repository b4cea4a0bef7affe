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

    public double Last { get; init; }

    public Timestamp LastTs { get; init; }

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
            return new() { Count = 1, Min = number, Max = number, Sum = number, Last = number, LastTs = ts, Worst = worst };

        var newest = ts >= LastTs;
        return new()
        {
            Count = Count + 1,
            Min = Math.Min(Min, number),
            Max = Math.Max(Max, number),
            Sum = Sum + number,
            Last = newest ? number : Last,
            LastTs = newest ? ts : LastTs,
            Worst = worst,
        };
    }

    /// <summary>The roll-up of both intervals together.</summary>
    public RollUp Join(RollUp other)
    {
        if (other.Count == 0)
            return this with { Worst = other.Worst > Worst ? other.Worst : Worst };
        if (Count == 0)
            return other with { Worst = other.Worst > Worst ? other.Worst : Worst };

        var newer = other.LastTs >= LastTs;
        return new()
        {
            Count = Count + other.Count,
            Min = Math.Min(Min, other.Min),
            Max = Math.Max(Max, other.Max),
            Sum = Sum + other.Sum,
            Last = newer ? other.Last : Last,
            LastTs = newer ? other.LastTs : LastTs,
            Worst = other.Worst > Worst ? other.Worst : Worst,
        };
    }
}
