using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus;

/// <summary>
/// The way of <see cref="RegisterDecoder"/> backwards, for simulators and tests. A number beyond the type becomes the
/// nearest one it can hold.
/// </summary>
public static class RegisterEncoder
{
    /// <summary>Words in the order of the definition's addresses; a single bit as 0 or 1 in a bit table.</summary>
    public static ushort[] Encode(RegisterDefinition d, double value, int exponent = 0)
    {
        var words = new ushort[d.Addresses.Count];
        Encode(d, value, words, exponent);
        return words;
    }

    /// <summary>Writes into words that may hold other values too: only the bits of this one change.</summary>
    public static void Encode(RegisterDefinition d, double value, Span<ushort> words, int exponent = 0) =>
        EncodeRaw(d, Raw(d, value, exponent), words);

    /// <summary>A raw integer of the type's width: sentinels, or all 64 bits of a large number.</summary>
    public static void EncodeRaw(RegisterDefinition d, ulong raw, Span<ushort> words) => RegisterWords.Unpack(d, raw, words);

    /// <summary>For <see cref="RegisterType.Text"/>; cut where the registers end, padded with zero bytes.</summary>
    public static void EncodeText(RegisterDefinition d, ReadOnlySpan<char> text, Span<ushort> words) => RegisterText.Encode(d, text, words);

    private static ulong Raw(RegisterDefinition d, double value, int exponent)
    {
        var number = Scaling.Undo(value, d.Scale, d.Offset, d.ScaleFrom is null ? 0 : exponent);
        return d.Type switch
        {
            RegisterType.Float32 => BitConverter.SingleToUInt32Bits((float)number),
            RegisterType.Float64 => BitConverter.DoubleToUInt64Bits(number),
            _ => WholeRaw(d.Type, double.IsNaN(number) ? 0 : Math.Round(number)),
        };
    }

    private static ulong WholeRaw(RegisterType type, double n) => type switch
    {
        RegisterType.Bool => n == 0 ? 0UL : 1UL,
        RegisterType.Int8 => (byte)(sbyte)Math.Clamp(n, sbyte.MinValue, sbyte.MaxValue),
        RegisterType.UInt8 => (byte)Math.Clamp(n, 0, byte.MaxValue),
        RegisterType.Int16 => (ushort)(short)Math.Clamp(n, short.MinValue, short.MaxValue),
        RegisterType.UInt16 or RegisterType.Bits16 => (ushort)Math.Clamp(n, 0, ushort.MaxValue),
        RegisterType.Int32 => (uint)(int)Math.Clamp(n, int.MinValue, int.MaxValue),
        RegisterType.UInt32 or RegisterType.Bits32 => (uint)Math.Clamp(n, 0, uint.MaxValue),
        RegisterType.Bcd16 => Digits((ulong)Math.Clamp(n, 0, 9999)),
        RegisterType.Bcd32 => Digits((ulong)Math.Clamp(n, 0, 99_999_999)),
        RegisterType.Int64 => n >= long.MaxValue ? long.MaxValue : n <= long.MinValue ? 1UL << 63 : (ulong)(long)n,
        _ => n >= ulong.MaxValue ? ulong.MaxValue : n <= 0 ? 0 : (ulong)n,
    };

    private static ulong Digits(ulong number)
    {
        ulong raw = 0;
        for (var shift = 0; number > 0; shift += 4, number /= 10)
            raw |= number % 10 << shift;
        return raw;
    }
}
