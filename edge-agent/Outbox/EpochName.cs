using System.Globalization;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>Names of epochs: time of the open, so that they sort, and 40 random bits, so that no clock can repeat one.</summary>
internal static class EpochName
{
    public static string New(TimeProvider clock, Random random)
    {
        Span<byte> bits = stackalloc byte[5];
        random.NextBytes(bits);
        var time = clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd't'HHmmss", CultureInfo.InvariantCulture);
        return $"{time}-{Convert.ToHexStringLower(bits)}";
    }
}
