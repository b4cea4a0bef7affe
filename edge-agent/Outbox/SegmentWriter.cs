namespace Penstock.EdgeAgent.Outbox;

/// <summary>Bytes written and syncs made since the open.</summary>
internal readonly record struct WriteCounts(long Bytes, long Syncs, long Groups, TimeSpan LastSync);

/// <summary>The segment that is being written.</summary>
internal sealed class SegmentWriter(IOutboxFiles files, TimeProvider clock) : IDisposable
{
    private const int FillBytes = 64 << 10;

    private IOutboxFile? _file;
    private bool _first;
    private long _filledTo;
    private long _bufferAt;

    public Segment? Segment { get; private set; }

    public WriteCounts Counts { get; private set; }

    public bool Fits(int bytes) => Segment is { } segment && segment.End + bytes <= segment.Length;

    /// <summary>Ends the present segment and begins a new one; nothing of it is durable before the first append.</summary>
    public Segment Roll(long number, long bytes)
    {
        Dispose();
        return Begin(files.Create(SegmentName.Of(number), bytes), number, bytes);
    }

    /// <summary>The same with the file allocated in advance.</summary>
    public Segment RollIntoSpare(long number, long bytes)
    {
        Dispose();
        return Begin(files.Rename(SegmentName.Spare, SegmentName.Of(number)), number, bytes);
    }

    /// <summary>Where in the segment something stands that stood at this place of the frames appended last.</summary>
    public long PlaceOf(int inFrames) => _bufferAt + inFrames;

    /// <summary>
    /// Writes the frames at the end and makes them durable. With <paramref name="fill"/> the blocks behind are written too,
    /// now and then, so that the next small frames change blocks that exist and cost the medium no bookkeeping of its own.
    /// </summary>
    public void Append(FrameBuffer frames, int groups, bool fill)
    {
        var file = _file ?? throw new InvalidOperationException("no segment is open");
        var segment = Segment!;
        var used = (_first ? frames.Written : frames.WithoutStart).Length;
        if (fill && segment.End + used > _filledTo)
            frames.Fill((int)Math.Min(FillBytes, segment.Length - segment.End - used));
        var bytes = _first ? frames.Written : frames.WithoutStart;
        file.Write(segment.End, bytes);
        Sync(file);
        if (_first)
            files.SyncFolder();
        _bufferAt = segment.End - (_first ? 0 : FrameCodec.Sector);
        _first = false;
        segment.End += used;
        _filledTo = Math.Max(_filledTo, segment.End - used + bytes.Length);
        Counts = Counts with { Bytes = Counts.Bytes + bytes.Length, Groups = Counts.Groups + groups };
    }

    /// <summary>After a failure: the segment is never written again. Returns it when nothing in it counts.</summary>
    public Segment? Abandon()
    {
        var segment = Segment;
        Dispose();
        return segment is { End: 0 } ? segment : null;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        Segment = null;
    }

    private Segment Begin(IOutboxFile file, long number, long bytes)
    {
        _file = file;
        _first = true;
        _filledTo = 0;
        Segment = new Segment(number, bytes);
        return Segment;
    }

    private void Sync(IOutboxFile file)
    {
        var start = clock.GetTimestamp();
        file.Sync();
        Counts = Counts with { Syncs = Counts.Syncs + 1, LastSync = clock.GetElapsedTime(start) };
    }
}
