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
        var pack = FrameCodec.HeaderBytes + group.Lines.Length > FrameCodec.Sector;
        var room = Room(FrameCodec.HeaderBytes + (pack ? Compressor.GetCompressBound(group.Lines.Length) : group.Lines.Length));
        var bytes = Pack(group.Lines.Span, room[FrameCodec.HeaderBytes..], pack);
        Packing = (Packing.Lines + group.Lines.Length, Packing.Packed + FrameCodec.Align(FrameCodec.HeaderBytes + bytes));
        Close(room, new FrameHeader
        {
            Kind = FrameKind.Data,
            Content = (group.NamesLost ? FrameContent.NamesLost : FrameContent.None) | (pack ? FrameContent.Packed : FrameContent.None),
            Epoch = epoch,
            First = group.First,
            Count = group.Count,
            MinTs = group.MinTs,
            MaxTs = group.MaxTs,
            Written = written,
            PayloadBytes = bytes,
            UnpackedBytes = group.Lines.Length,
        });
    }

    public void PutAcknowledged(IReadOnlyList<SeqRange> ranges, string epoch, Timestamp written) =>
        PutRanges(ranges, Mark(FrameKind.Acknowledged, epoch, 0, written));

    public void PutDropped(IReadOnlyList<SeqRange> ranges, SeqRange namedBy, Timestamp written) =>
        PutRanges(ranges, Mark(FrameKind.Dropped, namedBy.Epoch, namedBy.From, written) with { Count = (int)(namedBy.To - namedBy.From + 1) });

    public void PutMark(FrameKind kind, string epoch, long last, Timestamp written) =>
        Close(Room(FrameCodec.HeaderBytes), Mark(kind, epoch, last, written));

    /// <summary>Fills the room in front.</summary>
    public void PutStart(string agent, string epoch, long first, Timestamp written)
    {
        var frame = _bytes.AsSpan(0, FrameCodec.Sector);
        frame.Clear();
        var bytes = System.Text.Encoding.ASCII.GetBytes(agent, frame[FrameCodec.HeaderBytes..]);
        FrameCodec.Seal(frame, Mark(FrameKind.Start, epoch, first, written) with { PayloadBytes = bytes, UnpackedBytes = bytes });
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

    private int Pack(ReadOnlySpan<byte> lines, Span<byte> payload, bool pack)
    {
        if (pack)
            return _packer.Wrap(lines, payload);
        lines.CopyTo(payload);
        return lines.Length;
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
internal readonly record struct NumberedLines(
    long First, int Count, Timestamp MinTs, Timestamp MaxTs, bool NamesLost, ReadOnlyMemory<byte> Lines)
{
    public long Last => First + Count - 1;
}
