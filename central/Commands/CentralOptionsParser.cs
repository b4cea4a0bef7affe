using System.Globalization;
using System.Net;

namespace Penstock.Central.Commands;

/// <summary>From the words of the command line to options; what is wrong names the option and what to write instead.</summary>
internal static class CentralOptionsParser
{
    private const double MaxRetentionDays = 36_500;
    private static readonly (string Suffix, long Bytes)[] Units =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1), ("", 1)];

    /// <exception cref="StartException">An option cannot be understood.</exception>
    public static CentralOptions Parse(string data, string listen, double? retentionDays, string floor, bool verbose)
    {
        if (retentionDays is <= 0 or > MaxRetentionDays or double.NaN)
            throw Wrong($"--retention-days {retentionDays} is not above 0 and below {MaxRetentionDays}");
        return new()
        {
            DataFolder = Path.GetFullPath(data),
            Listen = ParseListen(listen),
            Retention = retentionDays is { } days ? TimeSpan.FromDays(days) : null,
            DiskFloorBytes = ParseSize(floor),
            Verbose = verbose,
        };
    }

    public static IPEndPoint ParseListen(string listen)
    {
        var text = listen.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + listen["localhost".Length..] : listen;
        var colon = text.LastIndexOf(':');
        return colon > 0 && IPAddress.TryParse(text[..colon].Trim('[', ']'), out var address)
            && ushort.TryParse(text[(colon + 1)..], CultureInfo.InvariantCulture, out var port)
                ? new(address, port)
                : throw Wrong($"--listen '{listen}' is no address with a port; write for example 127.0.0.1:8420, 0.0.0.0:8420 or [::]:8420");
    }

    public static long ParseSize(string size)
    {
        foreach (var (suffix, bytes) in Units)
        {
            if (size.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(size[..^suffix.Length].Trim(), CultureInfo.InvariantCulture, out var number) && number is >= 0 and < 1e12)
            {
                return (long)(number * bytes);
            }
        }

        throw Wrong($"--disk-floor '{size}' is no size; write for example 500MiB, 2GiB or 0");
    }

    private static StartException Wrong(string message) => new(message, ExitCode.WrongUsage);
}
