using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>How bytes that should be a frame turned out.</summary>
internal enum FrameVerdict
{
    Good,
    /// <summary>No header that can be trusted.</summary>
    NoHeader,
    /// <summary>The header is whole, so the numbers are known; the payload is damaged or cut.</summary>
    BadPayload,
    /// <summary>Written by another version of the format.</summary>
    OtherVersion,
    /// <summary>A good frame of records that hold something this version does not understand.</summary>
    OtherContent,
}

/// <summary>
/// Bytes of one frame, little-endian; pure. A frame begins at a multiple of <see cref="Sector"/> and is filled up with zeros.
/// <code>
///   0  4  magic "PSO2": the last character is the version; version 1 is read too
///   4  4  CRC-32C of bytes 8 to the end of the payload
///   8  1  version (2)
///   9  1  kind (FrameKind)
///  10  1  content (FrameContent)
///  11  1  zero
///  12  4  payload bytes
///  16  4  payload bytes unpacked
///  20  4  count of records
///  24  8  first number
///  32  8  smallest sample time, microseconds since 1970
///  40  8  largest sample time
///  48  8  time of writing
///  56 48  epoch, ASCII, filled with zeros
/// 104  4  numbers covered by a kept frame; zero in all others
/// 108  4  CRC-32C of bytes 8 to 107
/// 112     payload
/// </code>
/// A version 1 frame has neither classes nor kept records. A frame of an unknown kind is passed over and its segment is kept.
/// The header has its own check so that a damaged payload still tells which numbers it held.
/// </summary>
internal static class FrameCodec
{
    public const byte Version = 2;
    public const byte OldestVersion = 1;
    public const int Sector = 512;
    public const int HeaderBytes = 112;
    public const int EpochBytes = 48;

    /// <summary>Most bytes of a payload, packed or not: larger lengths are damage.</summary>
    public const int MaxPayloadBytes = 32 << 20;

    private const int RangeBytes = EpochBytes + 16;

    private const FrameContent Known = FrameContent.NamesLost | FrameContent.Packed | FrameContent.Classed | FrameContent.Kept;

    private static ReadOnlySpan<byte> Magic => "PSO2"u8;

    public static int Align(int bytes) => (bytes + Sector - 1) & ~(Sector - 1);

    /// <summary>Writes header and checks around a payload that already stands behind the header's place.</summary>
    public static void Seal(Span<byte> frame, in FrameHeader header)
    {
        Magic.CopyTo(frame);
        frame[8] = Version;
        frame[9] = (byte)header.Kind;
        frame[10] = (byte)header.Content;
        frame[11] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(frame[12..], header.PayloadBytes);
        BinaryPrimitives.WriteInt32LittleEndian(frame[16..], header.UnpackedBytes);
        BinaryPrimitives.WriteInt32LittleEndian(frame[20..], header.Count);
        BinaryPrimitives.WriteInt64LittleEndian(frame[24..], header.First);
        BinaryPrimitives.WriteInt64LittleEndian(frame[32..], header.MinTs.Microseconds);
        BinaryPrimitives.WriteInt64LittleEndian(frame[40..], header.MaxTs.Microseconds);
        BinaryPrimitives.WriteInt64LittleEndian(frame[48..], header.Written.Microseconds);
        WriteEpoch(frame.Slice(56, EpochBytes), header.Epoch);
        BinaryPrimitives.WriteInt32LittleEndian(frame[104..], header.Covers);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[108..], Crc32C(frame[8..108]));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Crc32C(frame[8..(HeaderBytes + header.PayloadBytes)]));
    }

    /// <summary>Reads a header. Needs <see cref="HeaderBytes"/> bytes.</summary>
    public static FrameVerdict ReadHeader(ReadOnlySpan<byte> frame, out FrameHeader header)
    {
        header = default;
        if (!frame[..3].SequenceEqual(Magic[..3]))
            return FrameVerdict.NoHeader;
        // Both marks must agree, so that one damaged byte is never taken for another version.
        if (frame[3] - (byte)'0' != frame[8])
            return FrameVerdict.NoHeader;
        if (frame[8] is < OldestVersion or > Version)
            return FrameVerdict.OtherVersion;
        if (BinaryPrimitives.ReadUInt32LittleEndian(frame[108..]) != Crc32C(frame[8..108]))
            return FrameVerdict.NoHeader;

        header = Parse(frame);
        return !Plausible(header) ? FrameVerdict.NoHeader
            : header.Kind is FrameKind.Data && (header.Content & ~Known) != 0 ? FrameVerdict.OtherContent
            : FrameVerdict.Good;
    }

    /// <summary>Checks the whole frame whose header was read.</summary>
    public static FrameVerdict Check(ReadOnlySpan<byte> frame, in FrameHeader header) =>
        frame.Length >= HeaderBytes + header.PayloadBytes
        && BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]) == Crc32C(frame[8..(HeaderBytes + header.PayloadBytes)])
            ? FrameVerdict.Good
            : FrameVerdict.BadPayload;

    /// <summary>Ranges as a payload: epoch (48 bytes), from, to, repeated.</summary>
    public static int WriteRanges(IReadOnlyList<SeqRange> ranges, Span<byte> output)
    {
        for (var i = 0; i < ranges.Count; i++)
        {
            var slot = output.Slice(i * RangeBytes, RangeBytes);
            WriteEpoch(slot[..EpochBytes], ranges[i].Epoch);
            BinaryPrimitives.WriteInt64LittleEndian(slot[EpochBytes..], ranges[i].From);
            BinaryPrimitives.WriteInt64LittleEndian(slot[(EpochBytes + 8)..], ranges[i].To);
        }

        return ranges.Count * RangeBytes;
    }

    public static int RangesBytes(int count) => count * RangeBytes;

    public static IEnumerable<SeqRange> ReadRanges(ReadOnlyMemory<byte> payload)
    {
        for (var at = 0; at + RangeBytes <= payload.Length; at += RangeBytes)
        {
            var slot = payload.Span.Slice(at, RangeBytes);
            yield return new SeqRange(
                ReadEpoch(slot[..EpochBytes]),
                BinaryPrimitives.ReadInt64LittleEndian(slot[EpochBytes..]),
                BinaryPrimitives.ReadInt64LittleEndian(slot[(EpochBytes + 8)..]));
        }
    }

    /// <summary>Castagnoli's CRC, by the processor's own instruction where it has one.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (var b in bytes[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    private static FrameHeader Parse(ReadOnlySpan<byte> frame) => new()
    {
        Kind = (FrameKind)frame[9],
        Content = (FrameContent)frame[10],
        PayloadBytes = BinaryPrimitives.ReadInt32LittleEndian(frame[12..]),
        UnpackedBytes = BinaryPrimitives.ReadInt32LittleEndian(frame[16..]),
        Count = BinaryPrimitives.ReadInt32LittleEndian(frame[20..]),
        First = BinaryPrimitives.ReadInt64LittleEndian(frame[24..]),
        MinTs = new(BinaryPrimitives.ReadInt64LittleEndian(frame[32..])),
        MaxTs = new(BinaryPrimitives.ReadInt64LittleEndian(frame[40..])),
        Written = new(BinaryPrimitives.ReadInt64LittleEndian(frame[48..])),
        Epoch = ReadEpoch(frame.Slice(56, EpochBytes)),
        Covers = BinaryPrimitives.ReadInt32LittleEndian(frame[104..]),
    };

    private static bool Plausible(in FrameHeader header) =>
        header.PayloadBytes is >= 0 and <= MaxPayloadBytes
        && header.UnpackedBytes is >= 0 and <= MaxPayloadBytes
        && (header.Kind != FrameKind.Data || (header.Count > 0 && header.First > 0))
        && (!header.IsKept || header.Covers >= header.Count)
        && header.Epoch.Length > 0;

    private static void WriteEpoch(Span<byte> slot, string epoch)
    {
        slot.Clear();
        Encoding.ASCII.GetBytes(epoch, slot);
    }

    private static string ReadEpoch(ReadOnlySpan<byte> slot) => Encoding.ASCII.GetString(slot.TrimEnd((byte)0));
}
