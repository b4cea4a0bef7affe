namespace Penstock.UnitTests.Outbox;

/// <summary>A clock that moves only when told.</summary>
internal sealed class ModelClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _ticks;

    public void Advance(TimeSpan span)
    {
        _now += span;
        _ticks += span.Ticks;
    }

    /// <summary>Somebody sets the wall clock; monotonic time goes on.</summary>
    public void Step(TimeSpan span) => _now += span;
}
