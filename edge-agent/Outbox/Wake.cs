using System.Threading.Channels;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>Lets one task wait for a call or for time to pass.</summary>
internal sealed class Wake : IDisposable
{
    private readonly Channel<bool> _calls = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _timer;

    public Wake(TimeProvider clock) =>
        _timer = clock.CreateTimer(static state => ((Wake)state!).Up(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Up() => _calls.Writer.TryWrite(true);

    public async Task WaitAsync(TimeSpan atMost)
    {
        // A timer of zero length fires at once; rounding up keeps it from firing early and often.
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(atMost.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        await _calls.Reader.ReadAsync();
    }

    public void Dispose() => _timer.Dispose();
}
