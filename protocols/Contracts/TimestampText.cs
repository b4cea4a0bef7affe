namespace Penstock.Contracts;

/// <summary>
/// RFC 3339 by fixed places: <c>YYYY-MM-DDThh:mm:ss[.f+](Z|+hh:mm|-hh:mm)</c>.
/// The general parser of the runtime takes other forms too and costs four times as much; this stands in the way of every record.
/// </summary>
internal static class TimestampText
{
    public const int Longest = 64;

    private const int SecondsEnd = 19;
    private const int MicrosecondDigits = 6;
    private const int WrittenLength = 27;

    public static bool TryParse(ReadOnlySpan<byte> s, out Timestamp value)
    {
        value = default;
        if (s.Length is < SecondsEnd + 1 or > Longest
            || s[4] != '-' || s[7] != '-' || s[10] is not ((byte)'T' or (byte)'t') || s[13] != ':' || s[16] != ':'
            || !TryNumber(s[..4], out var year) || !TryNumber(s[5..7], out var month) || !TryNumber(s[8..10], out var day)
            || !TryNumber(s[11..13], out var hour) || !TryNumber(s[14..16], out var minute) || !TryNumber(s[17..19], out var second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59
            || !TryFraction(s[SecondsEnd..], out var microseconds, out var used)
            || !TryOffset(s[(SecondsEnd + used)..], out var offsetMinutes))
        {
            return false;
        }

        var ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks;
        value = new Timestamp((ticks / TimeSpan.TicksPerMicrosecond) + microseconds - (offsetMinutes * 60_000_000L));
        return value.IsValid;
    }

    public static bool TryFormat(DateTime utc, Span<byte> utf8, out int written)
    {
        written = 0;
        if (utf8.Length < WrittenLength)
            return false;

        Put(utf8, 0, 4, utc.Year, '-');
        Put(utf8, 5, 2, utc.Month, '-');
        Put(utf8, 8, 2, utc.Day, 'T');
        Put(utf8, 11, 2, utc.Hour, ':');
        Put(utf8, 14, 2, utc.Minute, ':');
        Put(utf8, 17, 2, utc.Second, '.');
        Put(utf8, 20, MicrosecondDigits, (int)(utc.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond), 'Z');
        written = WrittenLength;
        return true;
    }

    private static void Put(Span<byte> utf8, int at, int digits, int number, char then)
    {
        for (var i = at + digits - 1; i >= at; i--)
        {
            utf8[i] = (byte)('0' + (number % 10));
            number /= 10;
        }

        utf8[at + digits] = (byte)then;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            number = (number * 10) + (digit - '0');
        }

        return true;
    }

    private static bool TryFraction(ReadOnlySpan<byte> rest, out int microseconds, out int used)
    {
        microseconds = 0;
        used = 0;
        if (rest[0] != '.')
            return true;

        var digits = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits < 1)
            return false;
        for (var i = 0; i < MicrosecondDigits; i++)
            microseconds = (microseconds * 10) + (i < digits ? rest[1 + i] - '0' : 0);
        used = 1 + digits;
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<byte> rest, out int minutes)
    {
        minutes = 0;
        if (rest is [(byte)'Z' or (byte)'z'])
            return true;
        if (rest.Length != 6 || rest[0] is not ((byte)'+' or (byte)'-') || rest[3] != ':'
            || !TryNumber(rest[1..3], out var hour) || !TryNumber(rest[4..6], out var minute) || hour > 23 || minute > 59)
        {
            return false;
        }

        minutes = ((hour * 60) + minute) * (rest[0] == '-' ? -1 : 1);
        return true;
    }
}
