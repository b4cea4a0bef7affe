namespace Penstock.Central.Ingest;

/// <summary>How many unpacked bytes may be between the wire and the historian at once, over all requests.</summary>
internal sealed class IngestBudget(long limit = 96L * 1024 * 1024)
{
    private long _taken;

    public long Taken => Interlocked.Read(ref _taken);

    /// <exception cref="BodyException">There is no room: the sender tries again later.</exception>
    public void Take(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= limit)
            return;
        Interlocked.Add(ref _taken, -bytes);
        throw BodyException.Busy($"{limit} bytes of records wait for the historian already; send again later.");
    }

    public void Return(int bytes) => Interlocked.Add(ref _taken, -bytes);
}
