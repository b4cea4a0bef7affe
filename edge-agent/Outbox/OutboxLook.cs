using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Contracts;
using ZstdSharp;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>Damaged bytes of a segment.</summary>
internal sealed record Damage(string Segment, long Offset, long Length);

/// <summary>
/// The outbox of a folder as its files tell it, without changing one byte: also while an agent writes there. What is written
/// during the look may be seen as damage at the end of the newest segment; a second look clears it.
/// </summary>
internal sealed class OutboxLook : IFrameVisitor, IDisposable
{
    private readonly LookOnlyFiles _files;
    private readonly GroupReader _reader;
    private readonly Decompressor _unpacker = new();
    private readonly List<Damage> _damage = [];
    private string _segment = "";
    private Action<FrameHeader, ReadOnlyMemory<byte>>? _each;

    private OutboxLook(LookOnlyFiles files)
    {
        _files = files;
        _reader = new GroupReader(files, new OutboxOptions());
    }

    public SegmentIndex Index { get; } = new();

    public RecoveryReport Report { get; private set; } = new();

    public long Frames { get; private set; }

    public IReadOnlyList<Damage> Damage => _damage;

    public long QuarantinedBytes => _files.QuarantinedBytes;

    public long Bytes => Index.Segments.Sum(segment => segment.Length);

    public long Waiting => Index.Epochs.Sum(book => book.NotDone);

    /// <exception cref="OutboxException">The folder is not there, or was written by another version.</exception>
    public static OutboxLook At(string folder)
    {
        if (!Directory.Exists(folder))
            throw new OutboxException($"{folder} is not there; name the data folder of an agent with --data");
        var look = new OutboxLook(new LookOnlyFiles(new DiskFiles(folder)));
        look.Report = new Recovery(look._files, look.Index, NullLogger.Instance).Run();
        return look;
    }

    /// <summary>Reads every frame once more and notes what is damaged; tells how many segments are done.</summary>
    public void Verify(Action<int, int> progress)
    {
        for (var i = 0; i < Index.Segments.Count; i++)
        {
            progress(i, Index.Segments.Count);
            Walk(Index.Segments[i]);
        }
    }

    /// <summary>Every record on disk once, done or not.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> All()
    {
        var seen = new RangeBook();
        foreach (var segment in Index.Segments)
        {
            List<ReadOnlyMemory<byte>> lines = [];
            _each = (header, payload) => Collect(header, payload, seen, lines);
            Walk(segment);
            _each = null;
            foreach (var line in lines)
                yield return line;
        }
    }

    /// <summary>The records that wait for the far end, in order, group by group.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> WaitingLines()
    {
        foreach (var book in Index.Epochs)
        {
            while (book.FirstWaiting() is var (from, to))
            {
                var segment = Index.Segments.First(segment => segment.Numbers.TryGetValue(book.Epoch, out var numbers) && numbers.Contains(from));
                var found = _reader.Read(segment, book.Epoch, from, Math.Min(to, segment.Numbers[book.Epoch].Find(from)!.Value.To));
                book.Claimed.Add(found.From, found.To);
                if (found.Lines is { } lines)
                    yield return lines;
            }
        }
    }

    public void Good(in FrameHeader header, long offset, ReadOnlyMemory<byte> payload)
    {
        Frames++;
        _each?.Invoke(header, payload);
    }

    public void Bad(long offset, long length, FrameHeader? header) => _damage.Add(new Damage(_segment, offset, length));

    public void Dispose()
    {
        _reader.Dispose();
        _unpacker.Dispose();
    }

    private void Walk(Segment segment)
    {
        _segment = segment.Name;
        try
        {
            using var file = _files.Open(segment.Name);
            new SegmentScan().Walk(file, segment.Name, this);
        }
        catch (FileNotFoundException)
        {
            // The running agent was done with it.
        }
    }

    private void Collect(in FrameHeader header, ReadOnlyMemory<byte> payload, RangeBook seen, List<ReadOnlyMemory<byte>> lines)
    {
        if (header.Kind is not FrameKind.Data || FrameBody.Open(header, payload.ToArray(), _unpacker) is not { } body)
            return;
        foreach (var record in body.Records())
        {
            if (seen.Covers(new SeqRange(header.Epoch, record.Seq, record.Seq)))
                continue;
            seen.Add(header.Epoch, record.Seq, record.Seq);
            lines.Add(record.Line);
        }
    }

    /// <summary>A folder of which nothing is changed.</summary>
    private sealed class LookOnlyFiles(IOutboxFiles inner) : IOutboxFiles
    {
        public string Folder => inner.Folder;

        public long? FreeBytes => inner.FreeBytes;

        public long QuarantinedBytes => inner.QuarantinedBytes;

        public IReadOnlyList<string> List() => inner.List();

        public IOutboxFile Create(string name, long bytes) => throw new IOException("this is a look only");

        public IOutboxFile Rename(string from, string to) => throw new IOException("this is a look only");

        public IOutboxFile Open(string name) => new LookOnlyFile(inner.Open(name));

        public void Delete(string name)
        {
        }

        public void Truncate(string name, long bytes)
        {
        }

        public void SyncFolder()
        {
        }

        public bool Quarantine(string name, ReadOnlySpan<byte> bytes) => false;

        public void MarkTold(string name)
        {
        }
    }

    private sealed class LookOnlyFile(IOutboxFile inner) : IOutboxFile
    {
        public long Length => inner.Length;

        public void Write(long offset, ReadOnlySpan<byte> bytes) => throw new IOException("this is a look only");

        public int Read(long offset, Span<byte> buffer) => inner.Read(offset, buffer);

        public void Sync()
        {
        }

        public void Dispose() => inner.Dispose();
    }
}
