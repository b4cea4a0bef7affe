namespace Penstock.Protocols.Modbus;

/// <summary>
/// Raw number to engineering units and back. A factor that people write in decimals (0.1, 0.25, 0.002) is applied as
/// a division of whole numbers, so that 2301 with scale 0.1 is 230.1 and not 230.10000000000002.
/// </summary>
internal static class Scaling
{
    private const double ExactLimit = 1L << 53;
    private const int MostDecimals = 12;

    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    public static double Apply(double raw, double scale, double offset)
    {
        if (raw != Math.Truncate(raw) || !TrySplit(scale, out var factor, out var decimals) || !TrySplit(offset, out var shift, out var shiftDecimals))
            return (raw * scale) + offset;
        var most = Math.Max(decimals, shiftDecimals);
        var product = raw * factor * PowersOfTen[most - decimals];
        var sum = product + (shift * PowersOfTen[most - shiftDecimals]);
        return Math.Abs(product) < ExactLimit && Math.Abs(sum) < ExactLimit ? sum / PowersOfTen[most] : (raw * scale) + offset;
    }

    /// <summary>raw x 10^exponent.</summary>
    public static double Shift(double raw, int exponent) => exponent switch
    {
        >= 0 and <= 22 => raw * PowersOfTen[exponent],
        < 0 and >= -22 => raw / PowersOfTen[-exponent],
        _ => raw * Math.Pow(10, exponent),
    };

    public static double Undo(double value, double scale, double offset, int exponent) =>
        Shift(scale == 1 ? value - offset : (value - offset) / scale, -exponent);

    private static bool TrySplit(double number, out double whole, out int decimals)
    {
        for (decimals = 0; decimals <= MostDecimals; decimals++)
        {
            whole = Math.Round(number * PowersOfTen[decimals]);
            if (Math.Abs(whole) >= ExactLimit)
                break;
            if (whole / PowersOfTen[decimals] == number)
                return true;
        }

        (whole, decimals) = (0, 0);
        return false;
    }
}
