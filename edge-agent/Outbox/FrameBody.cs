using System.Buffers.Binary;
using ZstdSharp;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>One record as it stands in a data frame.</summary>
internal readonly record struct StoredRecord(
    long Seq, RecordClass Class, ReadOnlyMemory<byte> Line, Contracts.Timestamp MinTs, Contracts.Timestamp MaxTs);

/// <summary>
/// The unpacked payload of a data frame: one class byte a record (<see cref="FrameContent.Classed"/>), then four bytes a record
/// with its number's distance from the first (<see cref="FrameContent.Kept"/>), then the lines.
/// </summary>
internal sealed class FrameBody
{
    private const int DistanceBytes = sizeof(int);

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly int _distances;
    private readonly int _lines;
    private readonly FrameHeader _header;

    private FrameBody(in FrameHeader header, ReadOnlyMemory<byte> bytes)
    {
        (_header, _bytes) = (header, bytes);
        _distances = header.Content.HasFlag(FrameContent.Classed) ? header.Count : 0;
        _lines = _distances + (header.IsKept ? header.Count * DistanceBytes : 0);
    }

    public int Count => _header.Count;

    public ReadOnlyMemory<byte> Lines => _bytes[_lines..];

    /// <summary>The records of a checked frame; null when the payload is not what the header says.</summary>
    public static FrameBody? Open(in FrameHeader header, ReadOnlyMemory<byte> payload, Decompressor unpacker)
    {
        try
        {
            var bytes = header.Content.HasFlag(FrameContent.Packed) ? Unpack(header, payload.Span, unpacker) : payload;
            var body = new FrameBody(header, bytes);
            return body._lines <= bytes.Length ? body : null;
        }
        catch (ZstdException)
        {
            return null;
        }
    }

    public static int Bytes(IReadOnlyList<StoredRecord> records) => records.Sum(record => 1 + DistanceBytes + record.Line.Length);

    public static void Write(IReadOnlyList<StoredRecord> records, RecordClass recordClass, Span<byte> body)
    {
        body[..records.Count].Fill((byte)recordClass);
        var at = records.Count * (1 + DistanceBytes);
        for (var i = 0; i < records.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(body[(records.Count + (i * DistanceBytes))..], (int)(records[i].Seq - records[0].Seq));
            records[i].Line.Span.CopyTo(body[at..]);
            at += records[i].Line.Length;
        }
    }

    public long Number(int index) =>
        _header.First + (_header.IsKept ? BinaryPrimitives.ReadInt32LittleEndian(_bytes.Span[(_distances + (index * DistanceBytes))..]) : index);

    public SeqRanges Numbers()
    {
        var numbers = new SeqRanges();
        for (var i = 0; i < Count; i++)
            numbers.Add(Number(i), Number(i));
        return numbers;
    }

    /// <summary>The place of a number among the records; the number is there.</summary>
    public int IndexOf(long number)
    {
        if (!_header.IsKept)
            return (int)(number - _header.First);
        var (low, high) = (0, Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Number(middle) < number)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>That many lines from a place on.</summary>
    public ReadOnlySpan<byte> Slice(int skip, int take)
    {
        var lines = Lines.Span;
        var from = End(lines, skip);
        return lines.Slice(from, End(lines[from..], take));
    }

    public IEnumerable<StoredRecord> Records()
    {
        var lines = Lines;
        var at = 0;
        for (var i = 0; i < Count && at < lines.Length; i++)
        {
            var end = lines.Span[at..].IndexOf((byte)'\n');
            var line = end < 0 ? lines[at..] : lines.Slice(at, end + 1);
            at += line.Length;
            var stored = _distances > 0 ? (RecordClass)_bytes.Span[i] : RecordClasses.Of(line.Span);
            yield return new StoredRecord(Number(i), stored, line, _header.MinTs, _header.MaxTs);
        }
    }

    private static byte[] Unpack(in FrameHeader header, ReadOnlySpan<byte> payload, Decompressor unpacker)
    {
        var bytes = new byte[header.UnpackedBytes];
        var length = unpacker.Unwrap(payload, bytes);
        return length == bytes.Length ? bytes : bytes[..length];
    }

    private static int End(ReadOnlySpan<byte> lines, int count)
    {
        var at = 0;
        for (; count > 0 && at < lines.Length; count--)
            at += lines[at..].IndexOf((byte)'\n') + 1;
        return at;
    }
}
