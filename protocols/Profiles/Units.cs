namespace Penstock.Protocols.Profiles;

/// <summary>
/// The units a profile may use, as plain symbols. <c>"1"</c> stands for a number without unit. Spellings that could mean
/// two things are refused with a choice.
/// </summary>
public static class Units
{
    /// <summary>In a profile: a number that has no unit.</summary>
    public const string Dimensionless = "1";

    public static IReadOnlyCollection<string> Known { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "V", "mV", "kV", "A", "mA", "kA", "W", "mW", "kW", "MW", "VA", "kVA", "MVA", "var", "kvar", "Mvar",
        "Wh", "kWh", "MWh", "GWh", "VAh", "kVAh", "varh", "kvarh", "Mvarh", "Ah", "mAh", "J", "kJ", "MJ", "GJ",
        "Hz", "kHz", "MHz", "Ω", "mΩ", "kΩ", "MΩ", "F", "mF", "µF", "H", "mH", "C", "T", "mT", "S/m", "µS/cm", "mS/cm",
        "°C", "K", "°F", "%", "‰", "%RH", "ppm", "ppb", "°", "rad", "pH", "dB", "dBm", "NTU",
        "Pa", "hPa", "kPa", "MPa", "mbar", "bar", "psi", "mmH2O", "N", "kN", "Nm", "kNm",
        "m", "mm", "cm", "km", "µm", "m2", "m3", "l", "ml", "m/s", "mm/s", "km/h", "kn", "m/s2", "g", "kg", "t", "mg", "mg/l", "g/m3", "µg/m3", "kg/m3",
        "l/s", "l/min", "l/h", "m3/s", "m3/min", "m3/h", "Nm3", "Nm3/h", "kg/s", "kg/h", "t/h",
        "s", "ms", "µs", "min", "h", "d", "rpm", "1/min", "1/s", "1/h", "lx", "lm", "cd", "W/m2", "kWh/m2", "Bd", "B", "kB", "MB", "bit/s", "pulses", "pcs", "EUR", "USD",
    };

    private static readonly Dictionary<string, string> Meant = new(StringComparer.OrdinalIgnoreCase)
    {
        ["degC"] = "°C",
        ["deg C"] = "°C",
        ["celsius"] = "°C",
        ["ºC"] = "°C",
        ["℃"] = "°C",
        ["°c"] = "°C",
        ["degF"] = "°F",
        ["deg"] = "°",
        ["degrees"] = "°",
        ["volt"] = "V",
        ["volts"] = "V",
        ["ampere"] = "A",
        ["amp"] = "A",
        ["amps"] = "A",
        ["watt"] = "W",
        ["watts"] = "W",
        ["hertz"] = "Hz",
        ["VAr"] = "var",
        ["kVAr"] = "kvar",
        ["MVAr"] = "Mvar",
        ["kVArh"] = "kvarh",
        ["VArh"] = "varh",
        ["ohm"] = "Ω",
        ["ohms"] = "Ω",
        ["kohm"] = "kΩ",
        ["mohm"] = "mΩ",
        ["percent"] = "%",
        ["%rh"] = "%RH",
        ["rh"] = "%RH",
        ["m³"] = "m3",
        ["m²"] = "m2",
        ["m³/h"] = "m3/h",
        ["W/m²"] = "W/m2",
        ["m/s²"] = "m/s2",
        ["Nm³"] = "Nm3",
        ["us"] = "µs",
        ["uS/cm"] = "µS/cm",
        ["um"] = "µm",
        ["μm"] = "µm",
        ["μS/cm"] = "µS/cm",
        ["L"] = "l",
        ["litre"] = "l",
        ["L/min"] = "l/min",
        ["L/h"] = "l/h",
        ["hours"] = "h",
        ["hour"] = "h",
        ["minutes"] = "min",
        ["seconds"] = "s",
        ["rev/min"] = "rpm",
        ["r/min"] = "rpm",
        ["none"] = Dimensionless,
        ["-"] = Dimensionless,
        ["lux"] = "lx",
    };

    private static readonly Dictionary<string, string[]> Ambiguous = new(StringComparer.Ordinal)
    {
        ["C"] = ["°C", "Ah"],
        ["S"] = ["s", "mS/cm"],
        ["Sec"] = ["s"],
        ["sec"] = ["s"],
        ["Pct"] = ["%"],
        ["pct"] = ["%"],
        ["F"] = ["°F", "µF"],
        ["M"] = ["m", "min"],
    };

    /// <summary>Null when the unit may be used; else what to write instead.</summary>
    public static string? Refuse(string unit)
    {
        if (Ambiguous.TryGetValue(unit, out var choices))
            return $"\"{unit}\" is ambiguous: write  unit: {string.Join("  or  unit: ", choices)}";
        if (unit == Dimensionless || Known.Contains(unit))
            return null;
        if (Meant.TryGetValue(unit, out var meant))
            return $"write  unit: {Quoted(meant)}";
        var sameLetters = Known.FirstOrDefault(k => k.Equals(unit.Trim(), StringComparison.OrdinalIgnoreCase));
        var near = sameLetters ?? NearestName.Of(unit, Known);
        return near is null
            ? $"write one of the units listed in hardware-profiles/README.md, or  unit: \"{Dimensionless}\"  for a number without unit."
            : $"did you mean  unit: {Quoted(near)} ?";
    }

    /// <summary>Quotes the units that YAML would not read bare.</summary>
    private static string Quoted(string unit) => unit.StartsWith('%') || unit == Dimensionless ? $"\"{unit}\"" : unit;
}
