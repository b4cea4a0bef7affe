using System.Globalization;

namespace Penstock.Contracts;

/// <summary>A measured value in the form the record carries it: a finite double, and the exact digits where a double would round.</summary>
public readonly record struct RecordValue(double? Number, string? Text = null, string? Fault = null)
{
    private const ulong ExactLimit = 1UL << 53;

    /// <summary>NaN and infinity become null with a fault that says so.</summary>
    public static RecordValue From(double number) =>
        double.IsFinite(number) ? new(number)
        : double.IsNaN(number) ? new(null, Fault: "not a number")
        : new(null, Fault: "infinite");

    public static RecordValue From(long number) =>
        new(number, number is > (long)ExactLimit or < -(long)ExactLimit ? number.ToString(CultureInfo.InvariantCulture) : null);

    public static RecordValue From(ulong number) =>
        new(number, number > ExactLimit ? number.ToString(CultureInfo.InvariantCulture) : null);

    public static RecordValue From(bool state) => new(state ? 1 : 0);
}
