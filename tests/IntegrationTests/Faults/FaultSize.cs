using System.Globalization;

namespace Penstock.IntegrationTests.Faults;

/// <summary>How much of a fault is played: <c>PENSTOCK_FAULTS</c> = small (with all tests), ci (make faults) or nightly.</summary>
internal static class FaultSize
{
    private static readonly string Wished = Environment.GetEnvironmentVariable("PENSTOCK_FAULTS") ?? "small";

    public static bool IsSmall => Wished == "small";

    public static int Of(int small, int ci, int nightly) => Wished switch
    {
        "small" => small,
        "ci" => ci,
        "nightly" => nightly,
        _ => throw new InvalidOperationException($"PENSTOCK_FAULTS={Wished}: small, ci or nightly"),
    };

    /// <summary>A new one each time, unless PENSTOCK_SEED repeats a run.</summary>
    public static int Seed() => Environment.GetEnvironmentVariable("PENSTOCK_SEED") is { } wished
        ? int.Parse(wished, CultureInfo.InvariantCulture)
        : Random.Shared.Next(1_000_000);
}
