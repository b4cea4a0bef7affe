using System.Globalization;
using Penstock.Contracts;
using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus;

/// <summary>A value as a profile means it. A bad value carries no number; the reason names what was read.</summary>
public readonly record struct DecodedValue(RecordValue Value, string? Text, Quality Quality, string? Why)
{
    internal static DecodedValue Bad(string why) => new(default, null, Quality.Bad, why);
}

/// <summary>
/// Register words to a value: sentinels, then scale and offset, then the valid range. Pure; never throws whatever the words.
/// </summary>
public static class RegisterDecoder
{
    /// <param name="d">The definition.</param>
    /// <param name="words">The register words, or the one bit as 0 or 1, in the order of the definition's addresses.</param>
    /// <param name="exponent">Power of ten read from the tag of <see cref="RegisterDefinition.ScaleFrom"/>.</param>
    public static DecodedValue Decode(RegisterDefinition d, ReadOnlySpan<ushort> words, int exponent = 0)
    {
        if (d.Type == RegisterType.Text)
            return RegisterText.Decode(d, words);
        if (words.Length != RegisterWords.Count(d.Type))
            return DecodedValue.Bad($"{words.Length} registers for a value of {RegisterWords.Count(d.Type)}");

        var raw = RegisterWords.Pack(d, words);
        if (d.Sentinels.Count > 0 && d.Sentinels.TryGetValue(raw, out var meaning))
            return DecodedValue.Bad(meaning);
        return d.Type switch
        {
            RegisterType.Bool => Whole(d, raw == 0 ? 0 : 1, exponent),
            RegisterType.UInt64 when raw > long.MaxValue => Unsigned(d, raw, exponent),
            RegisterType.Bcd16 or RegisterType.Bcd32 => BinaryCodedDecimal(d, raw, exponent),
            RegisterType.Float32 => Real(d, ShortestDecimal(BitConverter.UInt32BitsToSingle((uint)raw)), exponent),
            RegisterType.Float64 => Real(d, BitConverter.UInt64BitsToDouble(raw), exponent),
            _ => Whole(d, Signed(d.Type, raw), exponent),
        };
    }

    private static long Signed(RegisterType type, ulong raw) => type switch
    {
        RegisterType.Int8 => (sbyte)raw,
        RegisterType.Int16 => (short)raw,
        RegisterType.Int32 => (int)raw,
        _ => (long)raw,
    };

    private static DecodedValue BinaryCodedDecimal(RegisterDefinition d, ulong raw, int exponent)
    {
        long number = 0;
        for (var shift = d.Type == RegisterType.Bcd16 ? 12 : 28; shift >= 0; shift -= 4)
        {
            var digit = (long)((raw >> shift) & 0xF);
            if (digit > 9)
                return DecodedValue.Bad($"0x{raw:X} is not binary coded decimal");
            number = (number * 10) + digit;
        }

        return Whole(d, number, exponent);
    }

    private static DecodedValue Whole(RegisterDefinition d, long raw, int exponent)
    {
        if (IsPlain(d))
            return Judge(d, RecordValue.From(raw), raw);
        return Judge(d, RecordValue.From(Scaled(d, raw, exponent)), raw);
    }

    private static DecodedValue Unsigned(RegisterDefinition d, ulong raw, int exponent) =>
        Judge(d, IsPlain(d) ? RecordValue.From(raw) : RecordValue.From(Scaled(d, raw, exponent)), null);

    private static DecodedValue Real(RegisterDefinition d, double raw, int exponent)
    {
        if (IsPlain(d) || !double.IsFinite(raw))
            return Judge(d, RecordValue.From(raw), null);
        var scaled = Scaled(d, raw, exponent);
        return Judge(d, RecordValue.From(d.Type == RegisterType.Float32 ? ShortestDecimal((float)scaled) : scaled), null);
    }

    private static bool IsPlain(RegisterDefinition d) => d.Scale == 1 && d.Offset == 0 && d.ScaleFrom is null;

    private static double Scaled(RegisterDefinition d, double raw, int exponent) =>
        d.ScaleFrom is null ? Scaling.Apply(raw, d.Scale, d.Offset) : Scaling.Shift(raw, exponent) + d.Offset;

    private static DecodedValue Judge(RegisterDefinition d, RecordValue value, long? raw)
    {
        if (value.Number is not { } number)
            return DecodedValue.Bad(value.Fault ?? "no number");
        if (d.Valid is { } valid && !valid.Contains(number))
        {
            var why = string.Create(CultureInfo.InvariantCulture, $"{number} is outside the valid range {valid.Low} to {valid.High}");
            return d.OutsideIsUncertain ? new(value, null, Quality.Uncertain, why) : DecodedValue.Bad(why);
        }

        if (d.Labels is null)
            return new(value, null, Quality.Good, null);
        return raw is { } code && d.Labels.TryGetValue(code, out var label)
            ? new(value, label, Quality.Good, null)
            : Unlabelled(d, value, string.Create(CultureInfo.InvariantCulture, $"no label for {number}"));
    }

    private static DecodedValue Unlabelled(RegisterDefinition d, RecordValue value, string why) => d.UnknownLabel switch
    {
        Quality.Good => new(value, null, Quality.Good, null),
        Quality.Uncertain => new(value, null, Quality.Uncertain, why),
        _ => DecodedValue.Bad(why),
    };

    /// <summary>
    /// The decimal with the fewest digits that is the same float32, as a double: 230.1 and not 230.10000610351562.
    /// </summary>
    private static double ShortestDecimal(float number)
    {
        if (!float.IsFinite(number) || number == MathF.Truncate(number))
            return number;
        Span<char> digits = stackalloc char[32];
        return number.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture)
            ? double.Parse(digits[..length], CultureInfo.InvariantCulture)
            : number;
    }
}
