namespace Penstock.IntegrationTests.Faults;

/// <summary>What a script does to the agent's clock, its link or the agent itself.</summary>
internal enum ClockAct
{
    HourForward,
    HourBack,
    FortyDaysForward,
    FortyDaysBack,
    LeapSecond,
    DriftForward,
    DriftBack,
    TimeServiceFound,
    StopAndStart,
    CutLink,
    MendLink,
}

/// <summary>The clock at the start of the first run, and what happens then.</summary>
internal sealed record ClockScript(string Name, TimeSpan Start, IReadOnlyList<ClockAct> Acts)
{
    private static readonly TimeSpan Days = TimeSpan.FromDays(40);

    /// <summary>The first two hold what every build should see; the others follow from the seed.</summary>
    public static ClockScript Of(int number, Random random, DateTimeOffset now) => number switch
    {
        0 => new("start in 1970", To(DateTimeOffset.UnixEpoch, now), [ClockAct.CutLink, ClockAct.StopAndStart, ClockAct.TimeServiceFound, ClockAct.StopAndStart]),
        1 => new(
            "set forth and back", TimeSpan.Zero,
            [ClockAct.CutLink, ClockAct.HourBack, ClockAct.HourForward, ClockAct.FortyDaysForward, ClockAct.StopAndStart, ClockAct.FortyDaysBack]),
        _ => Drawn(random, now),
    };

    /// <summary>By how much the act moves the clock from where it is.</summary>
    public static TimeSpan Step(ClockAct act, TimeSpan offset) => act switch
    {
        ClockAct.HourForward => TimeSpan.FromHours(1),
        ClockAct.HourBack => TimeSpan.FromHours(-1),
        ClockAct.FortyDaysForward => Days,
        ClockAct.FortyDaysBack => -Days,
        ClockAct.LeapSecond => TimeSpan.FromSeconds(-1),
        ClockAct.TimeServiceFound => -offset,
        _ => TimeSpan.Zero,
    };

    private static ClockScript Drawn(Random random, DateTimeOffset now)
    {
        (string Name, TimeSpan Offset)[] starts =
        [
            ("start in 1970", To(DateTimeOffset.UnixEpoch, now)),
            ("right at the start", TimeSpan.Zero),
            ("an hour ahead", TimeSpan.FromHours(1)),
            ("before summer time", To(new(2027, 3, 28, 0, 59, 57, TimeSpan.Zero), now)),
            ("before winter time", To(new(2027, 10, 31, 0, 59, 57, TimeSpan.Zero), now)),
        ];
        var (name, start) = starts[random.Next(starts.Length)];
        return new(name, start, [.. Enumerable.Range(0, random.Next(3, 8)).Select(_ => (ClockAct)random.Next(Enum.GetValues<ClockAct>().Length))]);
    }

    private static TimeSpan To(DateTimeOffset moment, DateTimeOffset now) => moment - now;
}
