using System.Buffers.Binary;
using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus.Server;

/// <summary>Reads requests and writes answers (Modbus Application Protocol V1.1b3, 6.1 to 6.4 and 7). Pure apart from the bank.</summary>
internal static class ServerCodec
{
    private const byte ExceptionBit = 0x80;
    private const int AddressSpace = 65_536;

    /// <summary>Writes the frame that answers a request; <paramref name="length"/> is its length, also when it is not to be sent.</summary>
    public static BankReply Answer(in MbapFrame request, IRegisterBank bank, Span<ushort> values, Span<byte> answer, out int length)
    {
        var reply = Ask(request, bank, values, out var table, out var count);
        var pdu = answer[Mbap.HeaderLength..];
        var pduLength = reply.Kind == BankReplyKind.Exception
            ? WriteException(pdu, request.Pdu.Span[0], reply.Code)
            : WriteValues(pdu, table, values[..count]);
        if (reply.Kind == BankReplyKind.WrongLength)
            pduLength = Math.Max(1, pduLength - 1);
        var unit = reply.Kind == BankReplyKind.WrongUnit ? (byte)(request.Unit + 1) : request.Unit;
        length = Mbap.WriteHeader(answer, request.Transaction, unit, pduLength);
        return reply;
    }

    private static BankReply Ask(in MbapFrame request, IRegisterBank bank, Span<ushort> values, out RegisterTable table, out int count)
    {
        (table, count) = (default, 0);
        var pdu = request.Pdu.Span;
        if (ReadRequest.TableOf(pdu[0]) is not { } known)
            return BankReply.Refuse(ExceptionCode.IllegalFunction);
        if (pdu.Length != ReadRequest.PduLength)
            return BankReply.Refuse(ExceptionCode.IllegalValue);

        var start = BinaryPrimitives.ReadUInt16BigEndian(pdu[1..]);
        var wanted = BinaryPrimitives.ReadUInt16BigEndian(pdu[3..]);
        var most = known is RegisterTable.Coil or RegisterTable.Discrete ? ReadRequest.MaxBits : ReadRequest.MaxRegisters;
        if (wanted < 1 || wanted > most)
            return BankReply.Refuse(ExceptionCode.IllegalValue);
        if (start + wanted > AddressSpace)
            return BankReply.Refuse(ExceptionCode.IllegalAddress);

        (table, count) = (known, wanted);
        values[..count].Clear();
        return bank.Read(request.Unit, table, start, values[..count]);
    }

    private static int WriteException(Span<byte> pdu, byte function, ExceptionCode code)
    {
        pdu[0] = (byte)(function | ExceptionBit);
        pdu[1] = (byte)code;
        return 2;
    }

    private static int WriteValues(Span<byte> pdu, RegisterTable table, ReadOnlySpan<ushort> values)
    {
        var request = new ReadRequest(table, 0, values.Length);
        pdu[0] = request.Function;
        pdu[1] = (byte)request.AnswerBytes;
        var data = pdu.Slice(2, request.AnswerBytes);
        data.Clear();
        for (var i = 0; i < values.Length; i++)
        {
            if (!request.IsBits)
                BinaryPrimitives.WriteUInt16BigEndian(data[(2 * i)..], values[i]);
            else if (values[i] != 0)
                data[i >> 3] |= (byte)(1 << (i & 7));
        }

        return 2 + request.AnswerBytes;
    }
}
