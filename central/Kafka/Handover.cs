using System.Threading.Channels;

namespace Penstock.Central.Kafka;

/// <summary>
/// Between the thread that reads and the task that commits: one batch at a time is on its way to the historian while the
/// next is being collected. That is all the memory the stream takes, however far it lags.
/// </summary>
internal sealed class Handover : IDisposable
{
    private readonly SemaphoreSlim _room = new(1);
    private readonly Channel<Batch> _batches = Channel.CreateBounded<Batch>(1);

    public IAsyncEnumerable<Batch> TakeAsync(CancellationToken cancel) => _batches.Reader.ReadAllAsync(cancel);

    /// <summary>Nothing is on its way.</summary>
    public bool IsFree => _room.CurrentCount > 0;

    /// <summary>False when the batch before it was not committed within the time.</summary>
    public bool TryPut(Batch batch, TimeSpan wait, CancellationToken cancel) => _room.Wait(wait, cancel) && _batches.Writer.TryWrite(batch);

    /// <summary>The batch taken last is committed.</summary>
    public void Done() => _room.Release();

    public void Dispose() => _room.Dispose();
}
