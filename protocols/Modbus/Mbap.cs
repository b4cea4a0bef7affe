using System.Buffers.Binary;

namespace Penstock.Protocols.Modbus;

/// <summary>
/// The header in front of every Modbus TCP message (Modbus Messaging on TCP/IP V1.0b, 3.1.3), big endian:
/// <code>
/// 0  2  transaction id, repeated by the answer
/// 2  2  protocol id, always 0
/// 4  2  number of bytes that follow: unit id and PDU, 2 to 254
/// 6  1  unit id
/// 7  n  PDU, 1 to 253 bytes
/// </code>
/// </summary>
internal static class Mbap
{
    public const int HeaderLength = 7;
    public const int MaxPduLength = 253;
    public const int MaxFrameLength = HeaderLength + MaxPduLength;
    public const int MinLengthField = 2;
    public const int MaxLengthField = 1 + MaxPduLength;

    /// <summary>Writes the header in front of a PDU that already stands at offset 7; returns the length of the frame.</summary>
    public static int WriteHeader(Span<byte> frame, ushort transaction, byte unit, int pduLength)
    {
        BinaryPrimitives.WriteUInt16BigEndian(frame, transaction);
        BinaryPrimitives.WriteUInt16BigEndian(frame[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(frame[4..], (ushort)(1 + pduLength));
        frame[6] = unit;
        return HeaderLength + pduLength;
    }
}

/// <summary>One message; the bytes are valid until the framer is filled again.</summary>
internal readonly record struct MbapFrame(ushort Transaction, byte Unit, ReadOnlyMemory<byte> Pdu);

internal enum FrameState
{
    Incomplete,
    Complete,
    /// <summary>The bytes are no Modbus TCP; where the next message begins is unknown, so the connection must go.</summary>
    Desynchronised,
}

/// <summary>
/// Cuts a byte stream into messages, whatever way it was split or merged. The length field is the only boundary.
/// Holds at most two messages; never allocates after construction.
/// </summary>
internal sealed class MbapFramer
{
    private readonly byte[] _buffer = new byte[2 * Mbap.MaxFrameLength];
    private int _start;
    private int _end;

    /// <summary>Room for more bytes; never empty once <see cref="Next"/> has answered <see cref="FrameState.Incomplete"/>.</summary>
    public Memory<byte> Room()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        return _buffer.AsMemory(_end);
    }

    public void Filled(int count) => _end += count;

    public FrameState Next(out MbapFrame frame)
    {
        frame = default;
        var bytes = _buffer.AsSpan(_start, _end - _start);
        if (bytes.Length >= 4 && BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) != 0)
            return FrameState.Desynchronised;
        if (bytes.Length < 6)
            return FrameState.Incomplete;
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        if (length is < Mbap.MinLengthField or > Mbap.MaxLengthField)
            return FrameState.Desynchronised;
        if (bytes.Length < 6 + length)
            return FrameState.Incomplete;

        frame = new(BinaryPrimitives.ReadUInt16BigEndian(bytes), bytes[6], _buffer.AsMemory(_start + Mbap.HeaderLength, length - 1));
        _start += 6 + length;
        return FrameState.Complete;
    }
}
