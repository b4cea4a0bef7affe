namespace Penstock.Protocols.Modbus;

/// <summary>
/// The ticks of one poll group: start + n x interval, without drift. A tick that is still unserved when the next one has
/// come is skipped, never made up for. Pure: times are given, as time since the start of the device.
/// </summary>
internal sealed class PollGrid(TimeSpan interval)
{
    private long _next;

    public TimeSpan NextDue => _next * interval;

    /// <summary>Serves the newest tick that is due at <paramref name="now"/>; the ones before it are the missed ones.</summary>
    public MissedTicks Take(TimeSpan now)
    {
        var newest = Math.Max(_next, now.Ticks / interval.Ticks);
        var missed = new MissedTicks(newest - _next, _next * interval, (newest - 1) * interval);
        _next = newest + 1;
        return missed;
    }
}

/// <summary>Skipped ticks and when the first and the last of them were due.</summary>
internal readonly record struct MissedTicks(long Count, TimeSpan First, TimeSpan Last);
