using Penstock.EdgeAgent.Outbox;

namespace Penstock.Benchmarks;

/// <summary>A folder that counts the pages its syncs would write and leaves the syncs out.</summary>
internal sealed class PageFiles(IOutboxFiles inner) : IOutboxFiles
{
    private const int Page = 4096;

    public long Pages { get; private set; }

    public string Folder => inner.Folder;

    public long? FreeBytes => inner.FreeBytes;

    public long QuarantinedBytes => inner.QuarantinedBytes;

    public IReadOnlyList<string> List() => inner.List();

    public IOutboxFile Create(string name, long bytes) => new PageFile(this, inner.Create(name, bytes));

    public IOutboxFile Open(string name) => new PageFile(this, inner.Open(name));

    public IOutboxFile Rename(string from, string to) => new PageFile(this, inner.Rename(from, to));

    public void Delete(string name) => inner.Delete(name);

    public void Truncate(string name, long bytes) => inner.Truncate(name, bytes);

    public void SyncFolder() => Pages++;

    public bool Quarantine(string name, ReadOnlySpan<byte> bytes) => inner.Quarantine(name, bytes);

    public void MarkTold(string name) => inner.MarkTold(name);

    private sealed class PageFile(PageFiles files, IOutboxFile inner) : IOutboxFile
    {
        private readonly HashSet<long> _dirty = [];

        public long Length => inner.Length;

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            for (var page = offset / Page; page * Page < offset + bytes.Length; page++)
                _dirty.Add(page);
            inner.Write(offset, bytes);
        }

        public int Read(long offset, Span<byte> buffer) => inner.Read(offset, buffer);

        public void Sync()
        {
            files.Pages += _dirty.Count;
            _dirty.Clear();
        }

        public void Dispose() => inner.Dispose();
    }
}

/// <summary>A clock that moves only when told.</summary>
internal sealed class RunClock : TimeProvider
{
    private TimeSpan _since;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero) + _since;

    public override long GetTimestamp() => _since.Ticks;

    public void Advance(TimeSpan span) => _since += span;
}
