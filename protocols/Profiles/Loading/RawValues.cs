using System.Globalization;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>Raw numbers that are no values: <c>not_available</c> and <c>codes</c>.</summary>
internal static class RawValues
{
    public const string NotAvailable = "not available";

    /// <summary>The raw bits of a typed number in the width of the type; false when it does not fit.</summary>
    public static bool TryRaw(string text, RegisterType type, out ulong raw)
    {
        var width = Math.Max(1, type.Width());
        raw = 0;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out raw) && Fits(raw, width);
        if (type.IsFloat())
            return TryFloat(text, type, out raw);
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out raw))
            return Fits(raw, width);
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var signed))
            return false;
        raw = unchecked((ulong)signed) & Mask(width);
        return type.IsSigned() && signed >= type.RawRange().Low;
    }

    /// <summary>The number a raw pattern stands for, before scaling.</summary>
    public static double ToNumber(ulong raw, RegisterType type)
    {
        if (type == RegisterType.Float32)
            return BitConverter.UInt32BitsToSingle((uint)raw);
        if (type == RegisterType.Float64)
            return BitConverter.UInt64BitsToDouble(raw);
        var unused = 64 - Math.Max(1, type.Width());
        return type.IsSigned() ? (long)(raw << unused) >> unused : raw;
    }

    public static Dictionary<ulong, string> Read(MapReader reader, RegisterType type, FileContext context)
    {
        var found = new Dictionary<ulong, string>();
        foreach (var item in SingleOrList(reader, "not_available"))
            Add(reader, found, item.Text, item.At, NotAvailable, type);
        if (reader.Block("codes", "the codes") is { } codes)
            AddCodes(reader, found, codes.Map.Entries, type);
        else if (context.Defaults.Codes.TryGetValue(type.Word(), out var shared))
            AddCodes(reader, found, shared, type);
        return found;
    }

    private static void AddCodes(MapReader reader, Dictionary<ulong, string> found, IEnumerable<YamlEntry> entries, RegisterType type)
    {
        foreach (var entry in entries)
        {
            if (entry.Value is YamlScalar meaning)
                Add(reader, found, entry.Key, entry.KeyAt, meaning.Text.Replace('-', ' '), type);
            else
                reader.Error(Codes.WrongValue, entry.Value.At, "a code has to mean a single word", $"write  {entry.Key}: sensor-open");
        }
    }

    private static void Add(MapReader reader, Dictionary<ulong, string> found, string text, SourceSpan at, string meaning, RegisterType type)
    {
        if (type.IsFloat() && text.Equals("nan", StringComparison.OrdinalIgnoreCase))
            return; // NaN is never a value, said or not
        if (!TryRaw(text, type, out var raw))
        {
            reader.Error(Codes.Sentinel, at, $"{text} is no possible raw value of {type.Word()}", "write the raw number as the manual prints it, before scaling, in the width of the type.");
            return;
        }

        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && type.Width() > 16 && text.Length == 6)
            reader.Warn(Codes.Sentinel, at, $"{text} has 16 bits, {type.Word()} has {type.Width()}", $"usually the whole width is meant:  {FullWidth(text, type)}");
        found[raw] = meaning;
    }

    private static string FullWidth(string text, RegisterType type)
    {
        var filler = text[2] is 'F' or 'f' ? 'F' : text[2] == '7' ? 'F' : '0';
        return text + new string(filler, (type.Width() / 4) - 4);
    }

    private static IEnumerable<YamlScalar> SingleOrList(MapReader reader, string key) =>
        reader.Node(key) switch
        {
            null => [],
            YamlScalar single => [single],
            _ => reader.List(key).OfType<YamlScalar>(),
        };

    private static bool TryFloat(string text, RegisterType type, out ulong raw)
    {
        raw = 0;
        if (!Scalars.TryNumber(text, out var number))
            return false;
        raw = type == RegisterType.Float32 ? BitConverter.SingleToUInt32Bits((float)number) : BitConverter.DoubleToUInt64Bits(number);
        return true;
    }

    private static bool Fits(ulong raw, int width) => (raw & ~Mask(width)) == 0;

    private static ulong Mask(int width) => width >= 64 ? ulong.MaxValue : (1UL << width) - 1;
}
