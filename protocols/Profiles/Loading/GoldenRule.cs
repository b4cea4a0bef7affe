using System.Buffers.Binary;
using System.Globalization;
using Penstock.Contracts;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>M01: the values of a golden frame have to come out as the file says.</summary>
internal static class GoldenRule
{
    public static void Check(MapReader example, GoldenFrame frame, IReadOnlyList<LoadedRegister> registers)
    {
        if (GoldenFrames.Read(frame) is not { Content: { } content } || example.Block("expect", "the expected values") is not { } expect)
            return;
        foreach (var (tag, expected) in frame.Expect)
        {
            var definition = registers.First(r => r.Definition.Tag == tag).Definition;
            var exponent = registers.FirstOrDefault(r => r.Definition.Tag == definition.ScaleFrom)?.Definition;
            if (definition.ScaleFrom is not null && exponent is null)
                continue; // U04 says so
            if (Words(content, definition) is not { } words || (exponent is not null && Words(content, exponent) is null))
                Report(expect, tag, $"the frame does not carry \"{tag}\": it reads the {content.Table.Word()} table, wire {content.First} to {content.First + content.Count - 1}", "check table and address of the register: an address off by one shows here.");
            else if (Decode(content, definition, words, exponent) is var decoded && !Same(decoded, expected))
                Report(expect, tag, $"\"{tag}\" decodes to {Show(decoded)}, the example says {expected}", "check type, word order, scale and sign of the register against the manual.");
        }
    }

    private static DecodedValue Decode(FrameContent content, RegisterDefinition definition, ushort[] words, RegisterDefinition? exponent)
    {
        var power = exponent is null ? 0 : RegisterDecoder.Decode(exponent, Words(content, exponent)).Value.Number ?? 0;
        return RegisterDecoder.Decode(definition, words, (int)power);
    }

    private static ushort[]? Words(FrameContent content, RegisterDefinition definition)
    {
        if (definition.Table != content.Table || definition.Addresses.Any(a => a < content.First || a >= content.First + content.Count))
            return null;
        return [.. definition.Addresses.Select(a => Word(content, a - content.First))];
    }

    private static ushort Word(FrameContent content, int index)
    {
        var data = content.Data.Span;
        return content.Table.IsBitTable()
            ? (ushort)((data[index / 8] >> (index % 8)) & 1)
            : BinaryPrimitives.ReadUInt16BigEndian(data[(index * 2)..]);
    }

    private static bool Same(DecodedValue decoded, string expected)
    {
        if (expected == "bad")
            return decoded.Quality == Quality.Bad;
        if (decoded.Quality == Quality.Bad)
            return false;
        if ((decoded.Text ?? decoded.Value.Text) == expected)
            return true;
        return Scalars.TryNumber(expected, out var wanted) && decoded.Value.Number is { } got
            && Math.Abs(got - wanted) <= 1e-9 * Math.Max(1, Math.Abs(wanted));
    }

    private static string Show(DecodedValue decoded) =>
        decoded.Quality == Quality.Bad ? $"bad ({decoded.Why})"
        : decoded.Text ?? decoded.Value.Text ?? decoded.Value.Number?.ToString(CultureInfo.InvariantCulture) ?? "nothing";

    private static void Report(MapReader expect, string tag, string message, string repair) =>
        expect.Error(Codes.GoldenFrame, expect.At(tag), message, repair);
}
