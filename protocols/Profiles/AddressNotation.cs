using System.Globalization;

namespace Penstock.Protocols.Profiles;

/// <summary>How a manual prints addresses; the wire counts from 0.</summary>
public enum WrittenAs
{
    /// <summary>As in the frame: <c>0x0BD3</c>, <c>3027</c>.</summary>
    Wire,
    /// <summary>One more than in the frame: <c>3028</c>.</summary>
    CountFrom1,
    /// <summary>Table digit and four digits counted from 1: <c>40001</c>, <c>00017</c>.</summary>
    Modicon5,
    /// <summary>Table digit and five digits counted from 1: <c>400001</c>.</summary>
    Modicon6,
}

/// <summary>A printed address turned into the wire address, or why not.</summary>
/// <param name="Wire">0 to 65535.</param>
/// <param name="Table">The table the number itself names; null when it names none.</param>
public sealed record AddressReading(ushort Wire, RegisterTable? Table, string? Code = null, string? Fault = null, string? Repair = null);

/// <summary>Turns printed addresses into wire addresses and back.</summary>
public static class AddressNotation
{
    private static readonly Dictionary<char, RegisterTable> Prefixes = new()
    {
        ['0'] = RegisterTable.Coil,
        ['1'] = RegisterTable.Discrete,
        ['3'] = RegisterTable.Input,
        ['4'] = RegisterTable.Holding,
    };

    public static IReadOnlyDictionary<string, WrittenAs> Words { get; } = new Dictionary<string, WrittenAs>
    {
        ["wire"] = WrittenAs.Wire,
        ["count-from-1"] = WrittenAs.CountFrom1,
        ["modicon-5"] = WrittenAs.Modicon5,
        ["modicon-6"] = WrittenAs.Modicon6,
    };

    /// <param name="printed">The number as typed.</param>
    /// <param name="table">The table the register names; for the check that a wire file does not hold Modicon numbers.</param>
    public static AddressReading Read(string printed, WrittenAs writtenAs, RegisterTable? table) => writtenAs switch
    {
        WrittenAs.Modicon5 => ReadModicon(printed, 5),
        WrittenAs.Modicon6 => ReadModicon(printed, 6),
        _ => ReadPlain(printed, writtenAs == WrittenAs.CountFrom1 ? 1 : 0, table),
    };

    /// <summary>The wire address as the file would print it.</summary>
    public static string Print(int wire, WrittenAs writtenAs, RegisterTable table)
    {
        var digit = Prefixes.First(p => p.Value == table).Key;
        return writtenAs switch
        {
            WrittenAs.Modicon5 => digit + (wire + 1).ToString("D4", CultureInfo.InvariantCulture),
            WrittenAs.Modicon6 => digit + (wire + 1).ToString("D5", CultureInfo.InvariantCulture),
            WrittenAs.CountFrom1 => (wire + 1).ToString(CultureInfo.InvariantCulture),
            _ => wire.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static AddressReading ReadPlain(string printed, int first, RegisterTable? table)
    {
        if (!Yaml.Scalars.TryInteger(printed, out var number))
            return Fault(Codes.AddressForm, $"\"{printed}\" is not an address", "write a whole number, decimal or 0x hexadecimal; a bit goes into its own key:  bit: 3");
        if (LooksLikeModicon(printed, table))
            return Fault(Codes.AddressForm, $"{printed} looks like a Modicon number in a file that says addresses are {(first == 0 ? "as on the wire" : "counted from 1")}", $"set  written_as: modicon-{printed.Length}  if the manual counts that way; if the frame really carries {printed}, write  wire: {printed}  instead of  register: {printed}");
        var wire = number - first;
        if (wire is < 0 or > ushort.MaxValue)
            return Fault(Codes.AddressRange, $"address {printed} is {wire} on the wire, outside 0 to 65535", first == 0 && number is > 65535 and < 500000 ? "a six-digit number is usually  written_as: modicon-6" : "check the number in the manual.");
        return new((ushort)wire, null);
    }

    private static bool LooksLikeModicon(string printed, RegisterTable? table)
    {
        if (table is not { } t || printed.Length is not (5 or 6) || !printed.All(char.IsAsciiDigit))
            return false;
        return Prefixes.TryGetValue(printed[0], out var named) && named == t && printed[1..].Any(c => c != '0')
            && (printed.Length == 5 || printed[0] != '1');
    }

    private static AddressReading ReadModicon(string printed, int digits)
    {
        var example = digits == 5 ? "40001" : "400001";
        if (printed.Length != digits || !printed.All(char.IsAsciiDigit))
            return Fault(Codes.AddressForm, $"\"{printed}\" is not a number of {digits} digits as {example}", $"write all {digits} digits as printed, or write the number of the frame with  wire: {(printed.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? printed : "0x000B")}");
        if (!Prefixes.TryGetValue(printed[0], out var table))
            return Fault(Codes.AddressForm, $"{printed} begins with {printed[0]}, which is no table", "the first digit is 0 (coil), 1 (discrete), 3 (input) or 4 (holding).");
        var number = int.Parse(printed.AsSpan(1), CultureInfo.InvariantCulture);
        if (number == 0)
            return Fault(Codes.AddressForm, $"{printed} does not exist: these numbers count from 1", $"the first one is {printed[..^1]}1; if the manual counts from 0, use  written_as: wire");
        return number - 1 > ushort.MaxValue
            ? Fault(Codes.AddressRange, $"address {printed} is {number - 1} on the wire, outside 0 to 65535", "check the number in the manual.")
            : new((ushort)(number - 1), table);
    }

    private static AddressReading Fault(string code, string fault, string repair) => new(0, null, code, fault, repair);
}
