using System.Buffers.Binary;
using System.Globalization;
using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus;

/// <summary>
/// Asks for neighbouring registers (1 to 125) or bits (1 to 2000) of one table, function codes 1 to 4
/// (Modbus Application Protocol V1.1b3, 6.1 to 6.4). <paramref name="Start"/> is the address on the wire.
/// </summary>
public readonly record struct ReadRequest(RegisterTable Table, ushort Start, int Count)
{
    public const int MaxRegisters = 125;
    public const int MaxBits = 2000;
    internal const int PduLength = 5;

    public bool IsBits => Table is RegisterTable.Coil or RegisterTable.Discrete;

    /// <summary>Function code of the table.</summary>
    public byte Function => FunctionOf(Table);

    /// <summary>Bytes of data in the answer.</summary>
    public int AnswerBytes => IsBits ? (Count + 7) / 8 : 2 * Count;

    public static byte FunctionOf(RegisterTable table) => table switch
    {
        RegisterTable.Coil => 1,
        RegisterTable.Discrete => 2,
        RegisterTable.Holding => 3,
        _ => 4,
    };

    /// <summary>Null for a function code that is none of the four.</summary>
    public static RegisterTable? TableOf(byte function) => function switch
    {
        1 => RegisterTable.Coil,
        2 => RegisterTable.Discrete,
        3 => RegisterTable.Holding,
        4 => RegisterTable.Input,
        _ => null,
    };

    /// <summary>Writes function code, start and count, 5 bytes.</summary>
    internal void Write(Span<byte> pdu)
    {
        pdu[0] = Function;
        BinaryPrimitives.WriteUInt16BigEndian(pdu[1..], Start);
        BinaryPrimitives.WriteUInt16BigEndian(pdu[3..], (ushort)Count);
    }

    /// <inheritdoc/>
    public override string ToString() => Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"{Words.Of(Table)} {Start}")
        : string.Create(CultureInfo.InvariantCulture, $"{Words.Of(Table)} {Start} to {Start + Count - 1}");
}
