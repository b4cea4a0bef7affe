namespace Penstock.EdgeAgent.Forwarding;

/// <summary>
/// How fast the backlog may go beside live data: requests grow while they are answered quickly, shrink and pause when they,
/// or the live lane, become slow. One backlog request holds the far end for about <see cref="Target"/>, so live data waits
/// behind one such request at most. Called from both lanes.
/// </summary>
internal sealed class BacklogPace
{
    /// <summary>Wanted time of a backlog request.</summary>
    public static readonly TimeSpan Target = TimeSpan.FromMilliseconds(500);

    /// <summary>A live request slower than this makes the backlog yield.</summary>
    public static readonly TimeSpan LiveLimit = TimeSpan.FromSeconds(1);

    private const int Least = 100;
    private const int Most = 10_000;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private double _records = 1000;
    private TimeSpan _pause;

    /// <summary>Most records of the next request.</summary>
    public int Records
    {
        get
        {
            lock (_lock)
                return (int)_records;
        }
    }

    /// <summary>The wait before it.</summary>
    public TimeSpan Pause
    {
        get
        {
            lock (_lock)
                return _pause;
        }
    }

    public void LiveTook(TimeSpan time)
    {
        lock (_lock)
        {
            if (time > LiveLimit)
            {
                _records = Math.Max(Least, _records / 2);
                _pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, (_pause + Target).Ticks));
            }
            else
            {
                _pause = _pause < TimeSpan.FromMilliseconds(20) ? TimeSpan.Zero : _pause / 2;
            }
        }
    }

    public void BacklogTook(TimeSpan time)
    {
        lock (_lock)
            _records = time > Target * 2 ? Math.Max(Least, _records / 2) : time < Target ? Math.Min(Most, _records * 1.25) : _records;
    }

}
