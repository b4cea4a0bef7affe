using System.Buffers.Binary;
using Penstock.Contracts;

namespace Penstock.Protocols.Modbus;

/// <summary>How a request ended.</summary>
public enum ReadOutcome
{
    Answered,
    /// <summary>The device answered with an exception code.</summary>
    Exception,
    NoAnswer,
    /// <summary>An answer came that cannot be one to the request: other unit, other function code, wrong length.</summary>
    Refused,
}

/// <summary>What became of a request. <see cref="Data"/> is valid until the next request on the same client.</summary>
public readonly record struct ReadAnswer(ReadOutcome Outcome, Timestamp At, ReadOnlyMemory<byte> Data, ExceptionCode Code, string? Reason)
{
    /// <summary>The register at an index from 0.</summary>
    public ushort Word(int index) => BinaryPrimitives.ReadUInt16BigEndian(Data.Span[(2 * index)..]);

    /// <summary>The bit at an index from 0: 0 or 1.</summary>
    public ushort Bit(int index) => (ushort)((Data.Span[index >> 3] >> (index & 7)) & 1);
}

/// <summary>Reads answers to read requests (Modbus Application Protocol V1.1b3, 6.1 to 6.4 and 7).</summary>
internal static class ReadAnswerCodec
{
    private const byte ExceptionBit = 0x80;

    /// <summary>Never throws, whatever the bytes. Returns what to count beside the answer.</summary>
    public static (ReadAnswer Answer, ModbusCount Count) Decode(in MbapFrame frame, byte unit, in ReadRequest request, Timestamp at)
    {
        var pdu = frame.Pdu.Span;
        if (frame.Unit != unit)
            return (Refuse(at, $"answer came from unit {frame.Unit} instead of {unit}"), ModbusCount.WrongUnit);
        if (pdu[0] == (request.Function | ExceptionBit) && pdu.Length == 2)
            return (Except(at, (ExceptionCode)pdu[1]), ModbusCount.Exceptions);
        if (pdu[0] == (request.Function | ExceptionBit))
            return (Refuse(at, $"exception of {pdu.Length} bytes instead of 2"), ModbusCount.WrongLength);
        if (pdu[0] != request.Function)
            return (Refuse(at, $"answer has function code {pdu[0]} instead of {request.Function}"), ModbusCount.WrongFunction);
        if (pdu.Length < 2 || pdu[1] != pdu.Length - 2 || pdu[1] != request.AnswerBytes)
            return (Refuse(at, $"answer has {Math.Max(0, pdu.Length - 2)} bytes of data instead of {request.AnswerBytes}"), ModbusCount.WrongLength);
        return (new(ReadOutcome.Answered, at, frame.Pdu[2..], ExceptionCode.None, null), ModbusCount.Answers);
    }

    private static ReadAnswer Except(Timestamp at, ExceptionCode code) => new(ReadOutcome.Exception, at, default, code, ExceptionCodes.Name(code));

    private static ReadAnswer Refuse(Timestamp at, string reason) => new(ReadOutcome.Refused, at, default, ExceptionCode.None, reason);
}
