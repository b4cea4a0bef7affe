using System.Threading.Channels;

namespace Penstock.Central.Live;

/// <summary>
/// One open stream: a bounded queue of events that all viewers share. A viewer that falls behind loses its queue and goes
/// on from a new snapshot, which holds only the latest value of each tag.
/// </summary>
internal sealed class Viewer
{
    public const int QueueLength = 32;

    private readonly Channel<byte[]> _queue = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Set when the queue was full; cleared by <see cref="Restart"/>.</summary>
    public bool Behind { get; private set; }

    /// <summary>Called by the hub under its lock; never waits.</summary>
    public void Offer(byte[] frame)
    {
        if (!Behind && !_queue.Writer.TryWrite(frame))
            Behind = true;
    }

    /// <summary>Called by the hub under its lock.</summary>
    public void Restart()
    {
        while (_queue.Reader.TryRead(out _))
        {
        }

        Behind = false;
    }

    public ValueTask<byte[]> NextAsync(CancellationToken cancel) => _queue.Reader.ReadAsync(cancel);
}
