using Penstock.EdgeAgent.Outbox;

namespace Penstock.Benchmarks;

/// <summary>A folder whose syncs take longer, or are left out where only the content matters.</summary>
internal sealed class SlowFiles(IOutboxFiles inner, TimeSpan delay) : IOutboxFiles
{
    /// <summary>False leaves syncs out.</summary>
    public bool Honest { get; init; } = true;

    public long Written { get; private set; }

    public string Folder => inner.Folder;

    public long? FreeBytes => inner.FreeBytes;

    public long QuarantinedBytes => inner.QuarantinedBytes;

    public IReadOnlyList<string> List() => inner.List();

    public IOutboxFile Create(string name, long bytes) => new SlowFile(this, inner.Create(name, bytes));

    public IOutboxFile Open(string name) => new SlowFile(this, inner.Open(name));

    public IOutboxFile Rename(string from, string to) => new SlowFile(this, inner.Rename(from, to));

    public void Delete(string name) => inner.Delete(name);

    public void Truncate(string name, long bytes) => inner.Truncate(name, bytes);

    public void SyncFolder() => inner.SyncFolder();

    public bool Quarantine(string name, ReadOnlySpan<byte> bytes) => inner.Quarantine(name, bytes);

    public void MarkTold(string name) => inner.MarkTold(name);

    private void Wait()
    {
        if (delay <= TimeSpan.Zero)
            return;
        using var never = new ManualResetEventSlim();
        never.Wait(delay);
    }

    private sealed class SlowFile(SlowFiles files, IOutboxFile inner) : IOutboxFile
    {
        public long Length => inner.Length;

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            files.Written += bytes.Length;
            inner.Write(offset, bytes);
        }

        public int Read(long offset, Span<byte> buffer) => inner.Read(offset, buffer);

        public void Sync()
        {
            files.Wait();
            if (files.Honest)
                inner.Sync();
        }

        public void Dispose() => inner.Dispose();
    }
}
