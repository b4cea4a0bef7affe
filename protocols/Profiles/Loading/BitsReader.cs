using System.Globalization;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>Reads the <c>bits:</c> of a word: one tag for each bit or field; the word itself is then no tag. Checks T04.</summary>
internal sealed class BitsReader(FileContext context)
{
    /// <summary>Null when the register has no <c>bits:</c>.</summary>
    public IReadOnlyList<LoadedRegister>? Read(MapReader register, RegisterDefinition word)
    {
        if (register.Block("bits", "the bits") is not { } bits)
            return null;
        if (!word.Type.IsBits())
            register.Error(Codes.BitNumber, register.At("bits"), $"\"bits\" belongs to bits16 or bits32, not to {word.Type.Word()}", "write  type: bits16");
        var found = new List<LoadedRegister>();
        var used = new string?[32];
        foreach (var entry in bits.Map.Entries)
        {
            if (Range(bits, entry, word.Type.Width()) is { } range && Claim(bits, entry, used, range) && ReadBit(bits, entry, word, range) is { } tag)
                found.Add(tag);
        }

        return found;
    }

    private static (int First, int Count)? Range(MapReader bits, YamlEntry entry, int width)
    {
        var parts = entry.Key.Split('-');
        if (parts.Length <= 2 && TryBit(parts[0], out var first) && TryBit(parts[^1], out var last) && first <= last && last < width)
            return (first, last - first + 1);
        bits.Error(Codes.BitNumber, entry.KeyAt, $"\"{entry.Key}\" is no bit of this word: 0 to {width - 1}, 0 is the lowest", "write a number, or two with a hyphen as 4-6 for a field.");
        return null;
    }

    private static bool TryBit(string text, out int bit) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bit);

    private static bool Claim(MapReader bits, YamlEntry entry, string?[] used, (int First, int Count) range)
    {
        for (var bit = range.First; bit < range.First + range.Count; bit++)
        {
            if (used[bit] is { } other)
            {
                bits.Error(Codes.BitNumber, entry.KeyAt, $"bit {bit} is already used by \"{other}\"", "every bit belongs to one tag.");
                return false;
            }

            used[bit] = entry.Key;
        }

        return true;
    }

    /// <summary>One bit lies in one register of the word: its address, and its number there as the wire counts.</summary>
    private static RegisterDefinition SingleBit(RegisterDefinition word, int bit)
    {
        var fromLowest = bit / 16;
        var highestFirst = word.WordsNamed || word.WordOrder == PartOrder.HighFirst;
        var index = highestFirst ? word.Addresses.Count - 1 - fromLowest : fromLowest;
        var swapped = word.ByteOrder == PartOrder.LowFirst ? 8 : 0;
        return word with
        {
            Type = RegisterType.Bool,
            Addresses = [word.Addresses[Math.Clamp(index, 0, word.Addresses.Count - 1)]],
            WordsNamed = false,
            Bit = (bit % 16) ^ swapped,
            WordOrder = PartOrder.HighFirst,
            ByteOrder = PartOrder.HighFirst,
        };
    }

    private LoadedRegister? ReadBit(MapReader bits, YamlEntry entry, RegisterDefinition word, (int First, int Count) range)
    {
        if (entry.Value is not YamlMap map)
        {
            bits.Error(Codes.WrongValue, entry.Value.At, "a bit has to be a block of keys", $"write  {entry.Key}: {{tag: pump_on, label: Pump}}");
            return null;
        }

        var reader = new MapReader(map, context.Problems, "a bit", bits.Substitution);
        var tag = RegisterReader.ReadTag(reader);
        AlarmReader.Read(reader, context, null);
        var definition = (range.Count == 1 ? SingleBit(word, range.First) : word with { Bit = range.First, BitCount = range.Count }) with
        {
            Tag = tag ?? "",
            Label = reader.Text("label"),
            Labels = null,
            Line = map.At.Line,
        };
        reader.Done();
        return tag is null ? null : new LoadedRegister(definition, reader);
    }
}
