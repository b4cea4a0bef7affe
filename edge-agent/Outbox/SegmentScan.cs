namespace Penstock.EdgeAgent.Outbox;

/// <summary>Receives what a scan finds, in the order of the file.</summary>
internal interface IFrameVisitor
{
    void Good(in FrameHeader header, long offset, ReadOnlyMemory<byte> payload);

    /// <summary>Bytes that are no good frame. The header is there when it alone is whole.</summary>
    void Bad(long offset, long length, FrameHeader? header);
}

/// <summary>
/// Walks a segment from frame to frame. After damage it looks at every sector for the next good frame.
/// Zeros up to the end of the file are room not yet written, not damage. One scan serves many files, so that it keeps its memory.
/// </summary>
internal sealed class SegmentScan
{
    private const int WindowBytes = 256 << 10;

    private byte[] _window = [];
    private IOutboxFile _file = null!; // set by Walk, the only entrance
    private string _name = "";
    private long _start;
    private int _filled;

    /// <summary>Returns the end of the last frame, good or bad.</summary>
    /// <exception cref="OutboxException">The file has another format version.</exception>
    public long Walk(IOutboxFile file, string name, IFrameVisitor visitor)
    {
        (_file, _name, _start, _filled) = (file, name, 0, 0);
        var least = (int)Math.Min(WindowBytes, Math.Max(FrameCodec.Sector, file.Length));
        if (_window.Length < least)
            _window = new byte[least];
        var at = 0L;
        var lostFrom = -1L;
        var end = 0L;
        while (at + FrameCodec.HeaderBytes <= file.Length)
        {
            var verdict = Look(at, out var header);
            if (verdict is FrameVerdict.NoHeader)
            {
                if (lostFrom < 0 && IsZeroToEnd(at))
                    return end;
                if (lostFrom < 0)
                    lostFrom = at;
                at += FrameCodec.Sector;
                continue;
            }

            if (lostFrom >= 0)
                visitor.Bad(lostFrom, at - lostFrom, null);
            lostFrom = -1;
            Tell(visitor, verdict, header, at);
            at += header.Span;
            end = Math.Min(at, file.Length);
        }

        return lostFrom < 0 ? end : Tail(visitor, lostFrom);
    }

    private FrameVerdict Look(long at, out FrameHeader header)
    {
        header = default;
        var head = View(at, FrameCodec.HeaderBytes).Span;
        var verdict = head.Length < FrameCodec.HeaderBytes ? FrameVerdict.NoHeader : FrameCodec.ReadHeader(head, out header);
        if (verdict is FrameVerdict.OtherVersion)
            throw new OutboxException($"{_name} was written by another version of the outbox format; start the version of penstock that wrote it until its records are sent, or move the file out of the folder");
        if (verdict is FrameVerdict.OtherContent)
            throw new OutboxException($"{_name} holds records with something that this version of penstock does not understand; start the newer version that wrote it until its records are sent, or move the file out of the folder");
        if (verdict is not FrameVerdict.Good)
            return verdict;
        return FrameCodec.Check(View(at, FrameCodec.HeaderBytes + header.PayloadBytes).Span, header);
    }

    private void Tell(IFrameVisitor visitor, FrameVerdict verdict, in FrameHeader header, long at)
    {
        if (verdict is FrameVerdict.Good)
            visitor.Good(header, at, View(at, FrameCodec.HeaderBytes + header.PayloadBytes)[FrameCodec.HeaderBytes..]);
        else
            visitor.Bad(at, Math.Min(header.Span, _file.Length - at), header);
    }

    /// <summary>Damage up to the end of the file, without the zeros behind it.</summary>
    private long Tail(IFrameVisitor visitor, long from)
    {
        var end = from;
        for (var at = from; at < _file.Length; at += FrameCodec.Sector)
        {
            if (!IsZero(at))
                end = Math.Min(at + FrameCodec.Sector, _file.Length);
        }

        if (end > from)
            visitor.Bad(from, end - from, null);
        return end;
    }

    private bool IsZeroToEnd(long from)
    {
        for (var at = from; at < _file.Length; at += FrameCodec.Sector)
        {
            if (!IsZero(at))
                return false;
        }

        return true;
    }

    private bool IsZero(long at) => View(at, FrameCodec.Sector).Span.IndexOfAnyExcept((byte)0) < 0;

    /// <summary>At most that many bytes at the place; fewer at the end of the file.</summary>
    private ReadOnlyMemory<byte> View(long at, int bytes)
    {
        if (at < _start || at + bytes > _start + _filled)
        {
            if (bytes > _window.Length)
                _window = new byte[bytes];
            _start = at;
            _filled = _file.Read(at, _window);
        }

        var skip = (int)(at - _start);
        return _window.AsMemory(skip, Math.Min(bytes, _filled - skip));
    }
}
