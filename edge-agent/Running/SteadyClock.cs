namespace Penstock.EdgeAgent.Running;

/// <summary>
/// The time of a run: the wall clock at its start, carried on by monotonic time, so that nobody who sets the wall clock can
/// make a later sample look earlier. Forward steps are followed when <see cref="Follow"/> sees them; backward steps are not,
/// only slow drift is. Any thread may read; one follows.
/// </summary>
internal sealed class SteadyClock(TimeProvider machine) : TimeProvider
{
    /// <summary>A difference as large as this is a step; below it is drift.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    // Well below what passes between two looks, so that time never stands still.
    private static readonly TimeSpan MostBack = TimeSpan.FromMilliseconds(1);

    private readonly long _start = machine.GetTimestamp();
    private long _baseTicks = machine.GetUtcNow().UtcTicks;

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    /// <summary>What has to be added to the stamps of this run to come to the wall clock.</summary>
    public TimeSpan Away => machine.GetUtcNow() - GetUtcNow();

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _baseTicks) + machine.GetElapsedTime(_start).Ticks, TimeSpan.Zero);

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Follows the wall clock as far as it may; returns how far it was away.</summary>
    public TimeSpan Follow()
    {
        var away = Away;
        if (away > -Step)
            Interlocked.Add(ref _baseTicks, Math.Max(away.Ticks, -MostBack.Ticks));
        return away;
    }
}
