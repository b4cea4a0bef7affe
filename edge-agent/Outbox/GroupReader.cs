using System.Buffers;
using Penstock.Contracts;
using ZstdSharp;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>What was found where records should be: their lines, or nothing because the range is damaged.</summary>
internal readonly record struct Found(long From, long To, Timestamp MinTs, Timestamp MaxTs, ReadOnlyMemory<byte>? Lines);

/// <summary>
/// Finds records by number in a segment, checks them, and joins frames that follow one another into one group.
/// Remembers where it was, so that reading in order touches each header once.
/// </summary>
internal sealed class GroupReader(IOutboxFiles files, OutboxOptions options) : IDisposable
{
    public const int MaxGroupBytes = 1 << 20;

    private readonly Decompressor _unpacker = new();
    private readonly byte[] _head = new byte[FrameCodec.HeaderBytes];
    private IOutboxFile? _file;
    private long _segment = -1;
    private long _next;
    private (long At, FrameBody Body)? _open;

    /// <summary>Reads from a number on, at most to another and at most one group's worth. All of them should be in the segment.</summary>
    public Found Read(Segment segment, string epoch, long from, long to)
    {
        to = Math.Min(to, from + options.GroupRecords - 1);
        if (Locate(segment, epoch, from) is not { } place)
            return Lost(segment, epoch, from, to);
        var output = new ArrayBufferWriter<byte>();
        var found = new Found(from, from - 1, place.Header.MinTs, place.Header.MaxTs, null);
        while (found.To < to && output.WrittenCount < MaxGroupBytes)
        {
            var header = place.Header;
            var last = Math.Min(to, header.IsKept ? place.Last : header.Last);
            if (!Unpack(place.At, header, found.To + 1, last, output))
                return found.To < from ? new Found(from, last, header.MinTs, header.MaxTs, null) : found;
            found = Join(found, header, last, output.WrittenMemory);
            if (header.IsKept)
                break;
            _next = place.At + header.Span;
            if (Header(segment, _next) is not { } following || !Holds(following, epoch, last + 1))
                break;
            place = (_next, following, following.Last);
        }

        return found;
    }

    /// <summary>The smallest sample time of the frame that holds the number; null when there is none.</summary>
    public Timestamp? TimeOf(Segment segment, string epoch, long number) => Locate(segment, epoch, number)?.Header.MinTs;

    /// <summary>Lets go of the open file, for example before it is deleted.</summary>
    public void Close()
    {
        _file?.Dispose();
        _file = null;
        _segment = -1;
        _next = 0;
        _open = null;
    }

    public void Dispose()
    {
        Close();
        _unpacker.Dispose();
    }

    private static Found Join(in Found found, in FrameHeader header, long last, ReadOnlyMemory<byte> lines) => new(
        found.From,
        last,
        found.MinTs < header.MinTs ? found.MinTs : header.MinTs,
        found.MaxTs > header.MaxTs ? found.MaxTs : header.MaxTs,
        lines);

    private static bool Holds(in FrameHeader header, string epoch, long number) =>
        header.Kind is FrameKind.Data && !header.IsKept && header.First <= number && number <= header.Last && header.Epoch == epoch;

    private (long At, FrameHeader Header, long Last)? Locate(Segment segment, string epoch, long number)
    {
        var next = Open(segment);
        foreach (var kept in segment.Kept)
        {
            if (kept.Epoch == epoch && kept.Numbers.Find(number) is { } run && Header(segment, kept.At) is { } header)
                return (kept.At, header, run.To);
        }

        return Search(segment, epoch, number, next) ?? Search(segment, epoch, number, 0);
    }

    private (long At, FrameHeader Header, long Last)? Search(Segment segment, string epoch, long number, long at)
    {
        while (at < segment.End)
        {
            var header = Header(segment, at);
            if (header is { } found && Holds(found, epoch, number))
                return (at, found, found.Last);
            at += header?.Span ?? FrameCodec.Sector;
        }

        return null;
    }

    /// <summary>Nothing good holds the number: it is lost, and so is what stood between it and the next frame found.</summary>
    private Found Lost(Segment segment, string epoch, long from, long to)
    {
        for (var at = 0L; at < segment.End;)
        {
            var header = Header(segment, at);
            if (header is { Kind: FrameKind.Data, IsKept: false } data && data.Epoch == epoch && data.First > from)
                to = Math.Min(to, data.First - 1);
            at += header?.Span ?? FrameCodec.Sector;
        }

        return new Found(from, to, segment.MinTs ?? default, segment.MaxTs ?? default, null);
    }

    private FrameHeader? Header(Segment segment, long at)
    {
        if (at >= segment.End || _file!.Read(at, _head) < FrameCodec.HeaderBytes)
            return null;
        return FrameCodec.ReadHeader(_head, out var header) is FrameVerdict.Good ? header : null;
    }

    private bool Unpack(long at, in FrameHeader header, long from, long to, ArrayBufferWriter<byte> output)
    {
        if (_open is not { } open || open.At != at)
        {
            if (ReadBody(at, header) is not { } body)
                return false;
            _open = open = (at, body);
        }

        output.Write(open.Body.Slice(open.Body.IndexOf(from), (int)(to - from + 1)));
        return true;
    }

    private FrameBody? ReadBody(long at, in FrameHeader header)
    {
        var bytes = new byte[FrameCodec.HeaderBytes + header.PayloadBytes];
        var read = _file!.Read(at, bytes);
        return FrameCodec.Check(bytes.AsSpan(0, read), header) is FrameVerdict.Good
            ? FrameBody.Open(header, bytes.AsMemory(FrameCodec.HeaderBytes), _unpacker)
            : null;
    }

    /// <summary>Makes the segment the open one; returns where reading left off there.</summary>
    private long Open(Segment segment)
    {
        if (_segment == segment.Number)
            return _next;
        Close();
        _file = files.Open(segment.Name);
        _segment = segment.Number;
        return 0;
    }
}
