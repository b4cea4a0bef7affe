using System.Globalization;

namespace Penstock.Protocols.Profiles.Yaml;

/// <summary>What a typed text means: numbers, durations, sizes. Each says nothing more than yes or no; the caller names key and place.</summary>
public static class Scalars
{
    private static readonly (string Suffix, double Seconds)[] Durations =
        [("ms", 0.001), ("min", 60), ("s", 1), ("h", 3600), ("d", 86400)];

    private static readonly (string Suffix, double Bytes)[] Sizes =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("kB", 1e3), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1)];

    /// <summary>Decimal or <c>0x</c> hexadecimal, with a sign before decimals; leading zeros mean nothing.</summary>
    public static bool TryInteger(string text, out long value)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && value >= 0;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A finite number with a decimal point; a comma is not one.</summary>
    public static bool TryNumber(string text, out double value)
    {
        if (TryInteger(text, out var whole))
        {
            value = whole;
            return true;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    public static bool TryFlag(string text, out bool value)
    {
        value = text is "true" or "yes" or "on";
        return value || text is "false" or "no" or "off";
    }

    /// <summary><c>250ms</c>, <c>1s</c>, <c>5min</c>, <c>24h</c>, <c>14d</c>; up to ten years.</summary>
    public static bool TryDuration(string text, out TimeSpan value)
    {
        value = default;
        if (!TrySuffixed(text, Durations, out var seconds) || seconds is < 0 or > 315_360_000)
            return false;
        value = TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
        return true;
    }

    /// <summary><c>512 MiB</c>, <c>1 GiB</c>, <c>64 kB</c>.</summary>
    public static bool TryBytes(string text, out long value)
    {
        value = 0;
        if (!TrySuffixed(text, Sizes, out var bytes) || bytes is < 0 or > 1e15)
            return false;
        value = (long)bytes;
        return true;
    }

    private static bool TrySuffixed(string text, (string Suffix, double Factor)[] units, out double value)
    {
        foreach (var (suffix, factor) in units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal))
                continue;
            var digits = text[..^suffix.Length].TrimEnd();
            if (double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value))
            {
                value *= factor;
                return true;
            }
        }

        value = 0;
        return false;
    }
}
