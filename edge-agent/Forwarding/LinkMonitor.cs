using Penstock.Contracts;

namespace Penstock.EdgeAgent.Forwarding;

/// <summary>
/// What is known of the way to the far end: up or down since when and why, lag of the live lane, rate of the backlog.
/// Threads: every member may be called from any; the state lies under one lock, log lines are written outside it.
/// A delivered group always means up. A failure means down, except on the backlog lane while the live lane delivers.
/// A heartbeat that arrives ends only a trouble that heartbeats found: records may fail where a heartbeat passes.
/// </summary>
internal sealed class LinkMonitor(string to, string durability, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RecentlyLive = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private TaskCompletionSource _up = NewSignal();
    private LinkState _state = new() { To = to, Durability = durability, Since = Timestamp.Now(clock), Why = "not tried yet" };
    private bool _recordsFailed;
    private bool _everTold;
    private long? _lastLive;
    private long _windowStart = clock.GetTimestamp();
    private long _windowRecords;

    /// <summary>Raised after the state changed from down to up.</summary>
    public event Action? CameUp;

    public LinkState Look()
    {
        lock (_lock)
        {
            RollWindow();
            return _state;
        }
    }

    /// <summary>Completes when the link is up; at once when it is.</summary>
    public Task WhenUpAsync()
    {
        lock (_lock)
            return _up.Task;
    }

    public void DeliveredLive(Timestamp newest)
    {
        lock (_lock)
        {
            _lastLive = clock.GetTimestamp();
            _recordsFailed = false;
            _state = _state with { LagSeconds = Math.Max(0, Math.Round((Timestamp.Now(clock) - newest).TotalSeconds, 3)) };
        }

        BecomeUp();
    }

    public void DeliveredBacklog(int records)
    {
        lock (_lock)
        {
            RollWindow();
            _windowRecords += records;
            _recordsFailed = false;
        }

        BecomeUp();
    }

    public void DeliveredHeartbeat()
    {
        bool recordsFailed;
        lock (_lock)
            recordsFailed = _recordsFailed;
        if (!recordsFailed)
            BecomeUp();
    }

    public void FailedLive(string why)
    {
        lock (_lock)
            _recordsFailed = true;
        BecomeDown(why);
    }

    public void FailedBacklog(string why)
    {
        lock (_lock)
        {
            if (_lastLive is { } last && clock.GetElapsedTime(last) < RecentlyLive)
                return;
            _recordsFailed = true;
        }

        BecomeDown(why);
    }

    public void FailedHeartbeat(string why)
    {
        lock (_lock)
        {
            if (_lastLive is { } last && clock.GetElapsedTime(last) < RecentlyLive)
                return;
        }

        BecomeDown(why);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void BecomeUp()
    {
        lock (_lock)
        {
            if (_state.Up)
                return;
            _state = _state with { Up = true, Since = Timestamp.Now(clock), Why = null };
            _everTold = true;
            _up.SetResult();
        }

        log.LinkUp(to);
        CameUp?.Invoke();
    }

    private void BecomeDown(string why)
    {
        lock (_lock)
        {
            var tell = _state.Up || !_everTold;
            _state = _state with { Up = false, Why = why, Since = tell ? Timestamp.Now(clock) : _state.Since };
            if (!tell)
                return;
            _everTold = true;
            if (_up.Task.IsCompleted)
                _up = NewSignal();
        }

        log.LinkDown(to, why);
    }

    private void RollWindow()
    {
        var elapsed = clock.GetElapsedTime(_windowStart);
        if (elapsed < RateWindow)
            return;
        _state = _state with { BacklogRate = Math.Round(_windowRecords / elapsed.TotalSeconds, 1) };
        _windowStart = clock.GetTimestamp();
        _windowRecords = 0;
    }
}
