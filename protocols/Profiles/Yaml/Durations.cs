using System.Globalization;

namespace Penstock.Protocols.Profiles.Yaml;

/// <summary>Writes a time as the files write it: <c>250ms</c>, <c>10s</c>, <c>5min</c>, <c>24h</c>.</summary>
public static class Durations
{
    public static string Text(TimeSpan time)
    {
        var ms = (long)time.TotalMilliseconds;
        var (count, unit) = ms switch
        {
            0 => (0, "s"),
            _ when ms % 86_400_000 == 0 => (ms / 86_400_000, "d"),
            _ when ms % 3_600_000 == 0 => (ms / 3_600_000, "h"),
            _ when ms % 60_000 == 0 => (ms / 60_000, "min"),
            _ when ms % 1000 == 0 => (ms / 1000, "s"),
            _ => (ms, "ms"),
        };
        return count.ToString(CultureInfo.InvariantCulture) + unit;
    }
}
