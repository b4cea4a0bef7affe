namespace Penstock.Central.Api;

/// <summary>
/// Which step of buckets shows a range in at most so many points. Below a minute whole seconds, above it multiples of the
/// interval of the roll-ups that then serve it, so that a bucket is made of whole roll-ups. From half an interval on the
/// coarser roll-ups serve: at worst half the points asked for, and a month is read in hours instead of minutes.
/// </summary>
internal static class HistoryPlan
{
    public const int MinPoints = 10;
    public const int MaxPoints = 10_000;
    public const int DefaultPoints = 1000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static TimeSpan Step(TimeSpan range, int points)
    {
        var exact = new TimeSpan(range.Ticks / points);
        var unit = exact >= Day / 2 ? Day
            : exact >= Hour / 2 ? Hour
            : exact >= Minute ? Minute
            : exact >= TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1)
            : TimeSpan.FromMilliseconds(1);
        return unit * Math.Max(1, Math.Ceiling((double)exact.Ticks / unit.Ticks));
    }
}
