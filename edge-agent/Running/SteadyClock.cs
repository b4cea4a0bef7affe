namespace Penstock.EdgeAgent.Running;

/// <summary>
/// The time of a run: the wall clock at its start, carried on by monotonic time, so that nobody who sets the wall clock can
/// make a later sample look earlier. Forward steps are followed when <see cref="Follow"/> sees them; backward steps are not.
/// A wall clock that falls behind by less than a step is met by going slower for a while. Any thread may read; one follows.
/// </summary>
internal sealed class SteadyClock : TimeProvider
{
    /// <summary>A difference as large as this is a step; below it is drift.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private const double SlowestPace = 0.5;
    private const int Tries = 5;
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(10);

    private readonly TimeProvider _machine;
    private readonly long _start;
    private readonly DateTimeOffset _started;
    private volatile Anchor _anchor;
    private TimeSpan _sinceStart;

    public SteadyClock(TimeProvider machine)
    {
        _machine = machine;
        (_start, _started) = BothClocks();
        _anchor = new(_start, _started, 1);
    }

    public override long TimestampFrequency => _machine.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => _machine.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => Now(_anchor, _machine.GetTimestamp());

    public override long GetTimestamp() => _machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Follows the wall clock as far as it may; returns what it saw.</summary>
    public ClockLook Follow()
    {
        var (at, wall) = BothClocks();
        var ahead = wall - _started - _machine.GetElapsedTime(_start, at);
        var stepped = ahead - _sinceStart;
        _sinceStart = ahead;
        var now = Now(_anchor, at);
        var away = wall - now;
        _anchor = away >= TimeSpan.Zero ? new(at, wall, 1)
            : away > -Step ? new(at, now, Math.Max(SlowestPace, 1 + (away / Step)))
            : new(at, now, 1);
        return new(stepped.Duration() >= Step ? stepped : TimeSpan.Zero, away);
    }

    /// <summary>Both clocks at one moment: a pause in between would look like a step.</summary>
    private (long At, DateTimeOffset Wall) BothClocks()
    {
        for (var again = Tries; ; again--)
        {
            var at = _machine.GetTimestamp();
            var wall = _machine.GetUtcNow();
            if (again == 0 || _machine.GetElapsedTime(at) < AtOnce)
                return (at, wall);
        }
    }

    private DateTimeOffset Now(Anchor anchor, long at) => anchor.Time + (_machine.GetElapsedTime(anchor.At, at) * anchor.Pace);

    /// <summary>From this moment on time goes at this pace.</summary>
    private sealed record Anchor(long At, DateTimeOffset Time, double Pace);
}

/// <summary>One look at the wall clock.</summary>
/// <param name="Stepped">By how much it was set since the look before; zero when it only drifts.</param>
/// <param name="Away">What had to be added to stamps made just before to come to it.</param>
internal readonly record struct ClockLook(TimeSpan Stepped, TimeSpan Away);
