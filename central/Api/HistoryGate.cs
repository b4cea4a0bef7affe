using Penstock.Central.Ingest;

namespace Penstock.Central.Api;

/// <summary>How many history queries run at once: screens must not take the machine from ingest.</summary>
internal sealed class HistoryGate : IDisposable
{
    private const int MaxWaiting = 100;
    private readonly SemaphoreSlim _turns = new(2);
    private int _waiting;

    /// <exception cref="BodyException">Too many wait already.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken cancel)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw BodyException.Busy($"{MaxWaiting} history queries wait already; ask again later.");
        }

        try
        {
            await _turns.WaitAsync(cancel);
            return new Turn(_turns);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _turns.Dispose();

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
