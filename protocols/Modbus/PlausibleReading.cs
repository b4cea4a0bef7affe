using Penstock.Contracts;
using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus;

/// <summary>The same words read one way. <paramref name="Score"/>: 0 = hardly, the higher the likelier.</summary>
/// <param name="Order">The usual letters: ABCD, CDAB (low word first), BADC (low byte first), DCBA.</param>
public sealed record WordReading(RegisterType Type, string Order, DecodedValue Value, double Score);

/// <summary>
/// Reads words in every order and says which one looks like a measured value: people set up a device with its display
/// beside them, and the wrong orders give absurd numbers. A guess, never used for data.
/// </summary>
public static class PlausibleReading
{
    /// <summary>The order of a value of one word.</summary>
    public const string OneWord = "AB";

    private const double ShortestMargin = 0.5;
    private const int LeastTextWords = 3;

    private static readonly (string Letters, PartOrder Words, PartOrder Bytes)[] FourOrders =
    [
        ("ABCD", PartOrder.HighFirst, PartOrder.HighFirst),
        ("CDAB", PartOrder.LowFirst, PartOrder.HighFirst),
        ("BADC", PartOrder.HighFirst, PartOrder.LowFirst),
        ("DCBA", PartOrder.LowFirst, PartOrder.LowFirst),
    ];

    /// <summary>The letters of a definition's own order.</summary>
    public static string Letters(RegisterDefinition d) =>
        FourOrders.First(o => o.Words == (d.WordsNamed ? PartOrder.HighFirst : d.WordOrder) && o.Bytes == d.ByteOrder).Letters;

    /// <summary>A value of two or four words in all four orders, with the definition's scale and valid range.</summary>
    public static IReadOnlyList<WordReading> InAllOrders(RegisterDefinition d, ReadOnlySpan<ushort> words, int exponent = 0)
    {
        var readings = new WordReading[FourOrders.Length];
        for (var i = 0; i < readings.Length; i++)
        {
            var (letters, wordOrder, byteOrder) = FourOrders[i];
            var value = RegisterDecoder.Decode(d with { WordOrder = wordOrder, ByteOrder = byteOrder, WordsNamed = false }, words, exponent);
            readings[i] = new(d.Type, letters, value, Score(d.Type, value) + (d.Valid is not null && value.Quality == Quality.Good ? 1 : 0));
        }

        return readings;
    }

    /// <summary>The reading that stands out; null when none does.</summary>
    public static WordReading? Best(IReadOnlyList<WordReading> readings)
    {
        var ranked = readings.OrderByDescending(r => r.Score).ToArray();
        return ranked.Length == 0 || ranked[0].Score <= 0 ? null
            : ranked.Length == 1 || ranked[0].Score >= ranked[1].Score + ShortestMargin || ranked[0].Value == ranked[1].Value ? ranked[0]
            : null;
    }

    /// <summary>What the words of an unknown device look like from the first one on: a text, one word, or two. Null: nothing to tell.</summary>
    public static WordReading? Guess(ReadOnlySpan<ushort> words)
    {
        if (words.IsEmpty || words[0] == 0 && (words.Length < 2 || words[1] == 0))
            return null;
        if (TextLength(words) is >= LeastTextWords and var length)
            return new(RegisterType.Text, "", RegisterDecoder.Decode(Unknown(RegisterType.Text, length), words[..length]), 9);

        var candidates = new List<WordReading> { AsOneWord(words[0]) };
        if (words.Length >= 2)
        {
            foreach (var type in (RegisterType[])[RegisterType.Float32, RegisterType.UInt32, RegisterType.Int32])
                candidates.AddRange(InAllOrders(Unknown(type, 2), words[..2]));
        }

        return candidates.MaxBy(c => c.Score);
    }

    /// <summary>Words the reading fills.</summary>
    public static int Width(WordReading reading) =>
        reading.Type == RegisterType.Text ? Math.Max(1, ((reading.Value.Text?.Length ?? 0) + 1) / 2) : RegisterWords.Count(reading.Type);

    private static WordReading AsOneWord(ushort word)
    {
        var type = word >= 0xF000 ? RegisterType.Int16 : RegisterType.UInt16;
        return new(type, OneWord, RegisterDecoder.Decode(Unknown(type, 1), [word]), word == 0 ? 0 : 1.5);
    }

    private static double Score(RegisterType type, DecodedValue value)
    {
        if (value.Value.Number is not { } number || value.Quality == Quality.Bad || number == 0)
            return 0;
        // Two small words side by side are likelier two values than one whose lower half happens to be small.
        var size = Math.Abs(number);
        return type switch
        {
            RegisterType.Float32 or RegisterType.Float64 => size is < 1e-4 or > 1e9 ? 0 : (size is >= 0.01 and <= 1e6 ? 2 : 1) + Shortness(number),
            RegisterType.UInt32 or RegisterType.UInt64 => size is > 65_535 and < 1e7 && size % 65_536 > 1_000 ? 1.6 : size < 65_536 ? 1 : 0.2,
            _ => number < 0 && size < 1e5 ? 1.6 : size is > 65_535 and < 1e7 ? 1.1 : 0.2,
        };
    }

    /// <summary>Measured values have few digits: up to 1 for a short number.</summary>
    private static double Shortness(double number)
    {
        Span<char> digits = stackalloc char[32];
        number.TryFormat(digits, out var length, default, System.Globalization.CultureInfo.InvariantCulture);
        return Math.Max(0, (12 - length) / 12.0);
    }

    private static int TextLength(ReadOnlySpan<ushort> words)
    {
        var length = 0;
        while (length < words.Length && IsPrintable(words[length] >> 8) && (IsPrintable(words[length] & 0xFF) || (words[length] & 0xFF) == 0))
            length++;
        return length;
    }

    private static bool IsPrintable(int c) => c is >= 0x20 and < 0x7F;

    private static RegisterDefinition Unknown(RegisterType type, int words) =>
        new() { Tag = "", Table = RegisterTable.Holding, Type = type, Addresses = new ushort[words] };
}
