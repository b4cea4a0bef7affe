using System.Buffers.Binary;
using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus;

/// <summary>Register words to one integer of the type's width and back, by word and byte order.</summary>
internal static class RegisterWords
{
    /// <summary>Words a number of this type fills; 0 for text, whose length stands in the definition.</summary>
    public static int Count(RegisterType type) => type switch
    {
        RegisterType.Text => 0,
        RegisterType.Int32 or RegisterType.UInt32 or RegisterType.Float32 or RegisterType.Bits32 or RegisterType.Bcd32 => 2,
        RegisterType.Int64 or RegisterType.UInt64 or RegisterType.Float64 => 4,
        _ => 1,
    };

    /// <summary>Words in the order of the definition's addresses.</summary>
    public static ulong Pack(RegisterDefinition d, ReadOnlySpan<ushort> words)
    {
        if (IsByte(d.Type))
            return d.Half == PartOrder.HighFirst ? (ulong)(words[0] >> 8) : words[0] & 0xFFUL;
        var raw = Whole(d, words);
        return d.Bit is { } bit ? (raw >> bit) & FieldMask(d) : raw;
    }

    /// <summary>The way back. Bits and bytes of the words that belong to other values stay as they are.</summary>
    public static void Unpack(RegisterDefinition d, ulong raw, Span<ushort> words)
    {
        if (IsByte(d.Type))
        {
            words[0] = d.Half == PartOrder.HighFirst
                ? (ushort)((words[0] & 0x00FF) | ((byte)raw << 8))
                : (ushort)((words[0] & 0xFF00) | (byte)raw);
            return;
        }

        if (d.Bit is { } bit)
            raw = (Whole(d, words) & ~(FieldMask(d) << bit)) | ((raw & FieldMask(d)) << bit);

        for (var i = words.Length - 1; i >= 0; i--, raw >>= 16)
            words[IsLowFirst(d) ? words.Length - 1 - i : i] = Ordered(d, (ushort)raw);
    }

    public static ushort Ordered(RegisterDefinition d, ushort word) =>
        d.ByteOrder == PartOrder.LowFirst ? BinaryPrimitives.ReverseEndianness(word) : word;

    private static ulong Whole(RegisterDefinition d, ReadOnlySpan<ushort> words)
    {
        ulong raw = 0;
        for (var i = 0; i < words.Length; i++)
            raw = (raw << 16) | Ordered(d, words[IsLowFirst(d) ? words.Length - 1 - i : i]);
        return raw;
    }

    /// <summary>Ones for the bits of a field, one for a single bit.</summary>
    private static ulong FieldMask(RegisterDefinition d) => (1UL << (d.BitCount ?? 1)) - 1;

    private static bool IsByte(RegisterType type) => type is RegisterType.UInt8 or RegisterType.Int8;

    private static bool IsLowFirst(RegisterDefinition d) => d.WordOrder == PartOrder.LowFirst && !d.WordsNamed;
}
