using System.Buffers.Binary;

namespace Penstock.Protocols.Profiles;

/// <summary>What is wrong with a golden frame.</summary>
public sealed record FrameFault(bool InAnswer, string Message, string Repair);

/// <summary>What a golden frame reads: the table, the first wire address, and the data bytes of the answer.</summary>
public sealed record FrameContent(byte UnitId, RegisterTable Table, ushort First, ushort Count, ReadOnlyMemory<byte> Data);

/// <summary>
/// Takes golden frames apart: RTU (checksum at the end, Modbus over serial line V1.02, 2.5.1) or TCP (MBAP header,
/// Modbus messaging on TCP/IP V1.0b, 3.1.3), function codes 1 to 4.
/// </summary>
public static class GoldenFrames
{
    private const int MbapLength = 6;

    /// <summary>Null when checksum, length, unit, function and count of request and answer agree.</summary>
    public static FrameFault? Fault(GoldenFrame frame) => Read(frame).Fault;

    public static (FrameContent? Content, FrameFault? Fault) Read(GoldenFrame frame)
    {
        if (Unwrap(frame.Request, false) is { Fault: { } inRequest })
            return (null, inRequest);
        if (Unwrap(frame.Answer, true) is { Fault: { } inAnswer })
            return (null, inAnswer);
        var request = Unwrap(frame.Request, false).Body.Span;
        var answer = Unwrap(frame.Answer, true).Body;
        if (request.Length != 6 || request[1] is < 1 or > 4)
            return (null, new(false, "the request is no read: unit, function 1 to 4, address and count", "write the whole request frame."));
        return Match(request, answer);
    }

    private static (FrameContent? Content, FrameFault? Fault) Match(ReadOnlySpan<byte> request, ReadOnlyMemory<byte> answer)
    {
        var a = answer.Span;
        var count = BinaryPrimitives.ReadUInt16BigEndian(request[4..]);
        var bytes = request[1] <= 2 ? (count + 7) / 8 : count * 2;
        if (a.Length < 3 || a[0] != request[0])
            return (null, new(true, $"the answer comes from unit {(a.Length > 0 ? a[0] : 0)}, the request went to {request[0]}", "check that both frames belong together."));
        if (a[1] != request[1])
            return (null, new(true, (a[1] & 0x80) != 0 ? $"the answer is the exception {a[2]}" : $"the answer has function {a[1]}, the request {request[1]}", "use an answer that carries values."));
        if (a[2] != bytes || a.Length != 3 + bytes)
            return (null, new(true, $"the answer carries {a.Length - 3} data bytes and says {a[2]}; the request asks for {bytes}", "check that no byte was lost while typing."));
        var table = request[1] switch { 1 => RegisterTable.Coil, 2 => RegisterTable.Discrete, 3 => RegisterTable.Holding, _ => RegisterTable.Input };
        return (new(request[0], table, BinaryPrimitives.ReadUInt16BigEndian(request[2..]), count, answer[3..]), null);
    }

    /// <summary>Unit id and protocol data without the envelope.</summary>
    private static (ReadOnlyMemory<byte> Body, FrameFault? Fault) Unwrap(byte[] frame, bool inAnswer)
    {
        if (IsMbap(frame))
            return (frame.AsMemory(MbapLength), null);
        if (frame.Length < 5)
            return (default, new(inAnswer, "the frame is too short", "write the whole frame with its two bytes of checksum."));
        var found = BinaryPrimitives.ReadUInt16LittleEndian(frame.AsSpan(frame.Length - 2));
        var right = Crc16(frame.AsSpan(0, frame.Length - 2));
        return found == right
            ? (frame.AsMemory(0, frame.Length - 2), null)
            : (default, new(inAnswer, "the checksum does not fit the frame", $"the last two bytes should be {right & 0xFF:X2} {right >> 8:X2}; check every byte against the manual."));
    }

    private static bool IsMbap(ReadOnlySpan<byte> frame) =>
        frame.Length > MbapLength + 2 && frame[2] == 0 && frame[3] == 0 && BinaryPrimitives.ReadUInt16BigEndian(frame[4..]) == frame.Length - MbapLength;

    /// <summary>CRC-16 of Modbus RTU: polynomial 0xA001 reflected, start 0xFFFF.</summary>
    private static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        ushort crc = 0xFFFF;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++)
                crc = (ushort)((crc & 1) != 0 ? (crc >> 1) ^ 0xA001 : crc >> 1);
        }

        return crc;
    }
}
