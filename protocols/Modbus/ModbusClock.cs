using Penstock.Contracts;

namespace Penstock.Protocols.Modbus;

/// <summary>Time since the start of a session, on the monotonic clock, and waiting on it.</summary>
internal sealed class ModbusClock(TimeProvider provider, Random random)
{
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(1);

    private readonly long _start = provider.GetTimestamp();

    public TimeProvider Provider { get; } = provider;

    public Random Random { get; } = random;

    public TimeSpan Elapsed => Provider.GetElapsedTime(_start);

    public Timestamp Now => Timestamp.Now(Provider);

    /// <summary>The wall clock's idea of a moment of this session.</summary>
    public Timestamp At(TimeSpan elapsed) => Timestamp.Now(Provider) - (Elapsed - elapsed);

    /// <summary>At least a millisecond: shorter delays end at once and would spin.</summary>
    public Task DelayAsync(TimeSpan span, CancellationToken token) =>
        Task.Delay(span > ShortestDelay ? span : ShortestDelay, Provider, token);

    /// <summary>Waits for the end of a task, well or not, at most this long.</summary>
    public async Task WaitAsync(Task task, TimeSpan atMost, CancellationToken token)
    {
        if (task.IsCompleted)
            return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token);
        await Task.WhenAny(task, DelayAsync(atMost, either.Token));
        either.Cancel();
        token.ThrowIfCancellationRequested();
    }
}
