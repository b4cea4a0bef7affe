using Penstock.Contracts;
using ZstdSharp;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>The frames of one commit, one behind the other, as they will lie on disk. Reused from commit to commit.</summary>
internal sealed class FrameBuffer : IDisposable
{
    private const int KeepBytes = 1 << 20;

    // Level 1 packs these lines 8 to 10 times; higher levels win little and cost the agent's core.
    private readonly Compressor _packer = new(1);
    private byte[] _bytes = new byte[64 << 10];
    private byte[] _body = new byte[64 << 10];

    public int Length { get; private set; }

    /// <summary>Bytes of lines and of their packed form since the open.</summary>
    public (long Lines, long Packed) Packing { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Begins anew, leaving room in front for a segment's first frame.</summary>
    public void Reset()
    {
        if (_bytes.Length > KeepBytes)
            _bytes = new byte[64 << 10];
        Length = FrameCodec.Sector;
    }

    /// <summary>Everything but the room in front.</summary>
    public ReadOnlySpan<byte> WithoutStart => _bytes.AsSpan(FrameCodec.Sector, Length - FrameCodec.Sector);

    public void PutData(in NumberedLines group, string epoch, Timestamp written)
    {
        var before = Length;
        var body = Body(group.Classes.Length + group.Lines.Length);
        group.Classes.Span.CopyTo(body);
        group.Lines.Span.CopyTo(body[group.Classes.Length..]);
        PutPacked(body, new FrameHeader
        {
            Kind = FrameKind.Data,
            Content = Flags(group.NamesLost, FrameContent.NamesLost) | Flags(!group.Classes.IsEmpty, FrameContent.Classed),
            Epoch = epoch,
            First = group.First,
            Count = group.Count,
            MinTs = group.MinTs,
            MaxTs = group.MaxTs,
            Written = written,
        });
        Packing = (Packing.Lines + group.Lines.Length, Packing.Packed + Length - before);
    }

    /// <summary>Records that outlive their frame, all of one class, in order of number.</summary>
    public void PutKept(string epoch, RecordClass recordClass, IReadOnlyList<StoredRecord> records, bool namesLost, Timestamp written)
    {
        var first = records[0].Seq;
        var body = Body(FrameBody.Bytes(records));
        FrameBody.Write(records, recordClass, body);
        PutPacked(body, new FrameHeader
        {
            Kind = FrameKind.Data,
            Content = FrameContent.Kept | FrameContent.Classed | Flags(namesLost, FrameContent.NamesLost),
            Epoch = epoch,
            First = first,
            Count = records.Count,
            Covers = (int)(records[^1].Seq - first + 1),
            MinTs = records.Min(record => record.MinTs),
            MaxTs = records.Max(record => record.MaxTs),
            Written = written,
        });
    }

    /// <summary>An open gap or a part of it: gap events, one a line.</summary>
    public void PutGapDraft(ReadOnlySpan<byte> lines, string epoch, long number, Timestamp written)
    {
        var body = Body(lines.Length);
        lines.CopyTo(body);
        PutPacked(body, Mark(FrameKind.GapDraft, epoch, number, written));
    }

    public void PutKeptNumbers(IReadOnlyList<SeqRange> ranges, string epoch, Timestamp written) =>
        PutRanges(ranges, Mark(FrameKind.KeptNumbers, epoch, 0, written));

    public void PutGapSealed(IReadOnlyList<SeqRange> drafts, SeqRange becameEvents, Timestamp written) =>
        PutRanges(drafts, Mark(FrameKind.GapSealed, becameEvents.Epoch, becameEvents.From, written) with { Count = (int)(becameEvents.To - becameEvents.From + 1) });

    /// <summary>A frame as it stood elsewhere.</summary>
    public void PutAgain(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        var room = Room(FrameCodec.HeaderBytes + payload.Length);
        payload.CopyTo(room[FrameCodec.HeaderBytes..]);
        Close(room, header);
    }

    /// <summary>Whole frames that were built before; returns their place.</summary>
    public int PutFrames(ReadOnlySpan<byte> frames)
    {
        frames.CopyTo(Room(frames.Length));
        Length += frames.Length;
        return Length - frames.Length;
    }

    public void PutAcknowledged(IReadOnlyList<SeqRange> ranges, string epoch, Timestamp written) =>
        PutRanges(ranges, Mark(FrameKind.Acknowledged, epoch, 0, written));

    public void PutDropped(IReadOnlyList<SeqRange> ranges, SeqRange namedBy, Timestamp written) =>
        PutRanges(ranges, Mark(FrameKind.Dropped, namedBy.Epoch, namedBy.From, written) with { Count = (int)(namedBy.To - namedBy.From + 1) });

    public void PutMark(FrameKind kind, string epoch, long last, Timestamp written) =>
        Close(Room(FrameCodec.HeaderBytes), Mark(kind, epoch, last, written));

    /// <summary>Fills the room in front. The smallest sample time of the commit tells how old what follows may be, should that be damaged.</summary>
    public void PutStart(string agent, string epoch, long first, Timestamp oldest, Timestamp written)
    {
        var frame = _bytes.AsSpan(0, FrameCodec.Sector);
        frame.Clear();
        var bytes = System.Text.Encoding.ASCII.GetBytes(agent, frame[FrameCodec.HeaderBytes..]);
        FrameCodec.Seal(frame, Mark(FrameKind.Start, epoch, first, written) with { MinTs = oldest < written ? oldest : written, PayloadBytes = bytes, UnpackedBytes = bytes });
    }

    /// <summary>Zeros up to a multiple of the given size: later small frames then overwrite blocks that exist.</summary>
    public void Fill(int bytes)
    {
        Room(bytes).Clear();
        Length += bytes;
    }

    public void Dispose() => _packer.Dispose();

    private static FrameHeader Mark(FrameKind kind, string epoch, long number, Timestamp written) =>
        new() { Kind = kind, Epoch = epoch, First = number, MinTs = written, MaxTs = written, Written = written };

    private static FrameContent Flags(bool set, FrameContent flag) => set ? flag : FrameContent.None;

    private Span<byte> Body(int bytes)
    {
        if (_body.Length < bytes || (_body.Length > KeepBytes && bytes <= KeepBytes))
            _body = new byte[bytes];
        return _body.AsSpan(0, bytes);
    }

    /// <summary>A body that does not fit beside its header into one sector is packed.</summary>
    private void PutPacked(ReadOnlySpan<byte> body, in FrameHeader header)
    {
        var pack = FrameCodec.HeaderBytes + body.Length > FrameCodec.Sector;
        var room = Room(FrameCodec.HeaderBytes + (pack ? Compressor.GetCompressBound(body.Length) : body.Length));
        var payload = room[FrameCodec.HeaderBytes..];
        if (!pack)
            body.CopyTo(payload);
        Close(room, header with
        {
            Content = header.Content | Flags(pack, FrameContent.Packed),
            PayloadBytes = pack ? _packer.Wrap(body, payload) : body.Length,
            UnpackedBytes = body.Length,
        });
    }

    private void PutRanges(IReadOnlyList<SeqRange> ranges, in FrameHeader header)
    {
        var bytes = FrameCodec.RangesBytes(ranges.Count);
        var room = Room(FrameCodec.HeaderBytes + bytes);
        FrameCodec.WriteRanges(ranges, room[FrameCodec.HeaderBytes..]);
        Close(room, header with { PayloadBytes = bytes, UnpackedBytes = bytes });
    }

    private Span<byte> Room(int bytes)
    {
        var needed = Length + FrameCodec.Align(bytes);
        if (needed > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        return _bytes.AsSpan(Length, FrameCodec.Align(bytes));
    }

    private void Close(Span<byte> room, in FrameHeader header)
    {
        FrameCodec.Seal(room, header);
        room[(FrameCodec.HeaderBytes + header.PayloadBytes)..header.Span].Clear();
        Length += header.Span;
    }
}

/// <summary>Records with their numbers given, encoded, on the way to the disk.</summary>
/// <param name="Classes">One byte a record, <see cref="RecordClass"/>.</param>
internal readonly record struct NumberedLines(
    long First, int Count, Timestamp MinTs, Timestamp MaxTs, bool NamesLost, ReadOnlyMemory<byte> Lines, ReadOnlyMemory<byte> Classes = default)
{
    public long Last => First + Count - 1;
}
