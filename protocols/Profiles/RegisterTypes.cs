namespace Penstock.Protocols.Profiles;

/// <summary>What the format calls the types, and how many 16-bit words each fills.</summary>
public static class RegisterTypes
{
    public static IReadOnlyDictionary<string, RegisterType> Words { get; } = new Dictionary<string, RegisterType>
    {
        ["bool"] = RegisterType.Bool,
        ["uint8"] = RegisterType.UInt8,
        ["int8"] = RegisterType.Int8,
        ["int16"] = RegisterType.Int16,
        ["uint16"] = RegisterType.UInt16,
        ["int32"] = RegisterType.Int32,
        ["uint32"] = RegisterType.UInt32,
        ["int64"] = RegisterType.Int64,
        ["uint64"] = RegisterType.UInt64,
        ["float32"] = RegisterType.Float32,
        ["float64"] = RegisterType.Float64,
        ["bits16"] = RegisterType.Bits16,
        ["bits32"] = RegisterType.Bits32,
        ["bcd16"] = RegisterType.Bcd16,
        ["bcd32"] = RegisterType.Bcd32,
        ["text"] = RegisterType.Text,
    };

    /// <summary>Registers of a value; 0 for text, whose length the file gives.</summary>
    public static int WordCount(this RegisterType type) => type switch
    {
        RegisterType.Int32 or RegisterType.UInt32 or RegisterType.Float32 or RegisterType.Bits32 or RegisterType.Bcd32 => 2,
        RegisterType.Int64 or RegisterType.UInt64 or RegisterType.Float64 => 4,
        RegisterType.Text => 0,
        _ => 1,
    };

    public static string Word(this RegisterType type) => Words.First(w => w.Value == type).Key;

    public static bool IsSigned(this RegisterType type) => type is RegisterType.Int8 or RegisterType.Int16 or RegisterType.Int32 or RegisterType.Int64;

    public static bool IsFloat(this RegisterType type) => type is RegisterType.Float32 or RegisterType.Float64;

    public static bool IsBits(this RegisterType type) => type is RegisterType.Bits16 or RegisterType.Bits32;

    public static bool IsInteger(this RegisterType type) => type is >= RegisterType.UInt8 and <= RegisterType.UInt64 or RegisterType.Bcd16 or RegisterType.Bcd32;

    /// <summary>Width of the raw value in bits, 0 for text.</summary>
    public static int Width(this RegisterType type) => type switch
    {
        RegisterType.Bool => 1,
        RegisterType.UInt8 or RegisterType.Int8 => 8,
        _ => type.WordCount() * 16,
    };

    /// <summary>Smallest and largest raw value of an integer type.</summary>
    public static (double Low, double High) RawRange(this RegisterType type) => type switch
    {
        RegisterType.Bool => (0, 1),
        RegisterType.Bcd16 => (0, 9999),
        RegisterType.Bcd32 => (0, 99_999_999),
        RegisterType.Float32 => (float.MinValue, float.MaxValue),
        RegisterType.Float64 or RegisterType.Text => (double.MinValue, double.MaxValue),
        _ when type.IsSigned() => (-Math.Pow(2, type.Width() - 1), Math.Pow(2, type.Width() - 1) - 1),
        _ => (0, Math.Pow(2, type.Width()) - 1),
    };

    public static IReadOnlyDictionary<string, RegisterTable> Tables { get; } = new Dictionary<string, RegisterTable>
    {
        ["holding"] = RegisterTable.Holding,
        ["input"] = RegisterTable.Input,
        ["coil"] = RegisterTable.Coil,
        ["discrete"] = RegisterTable.Discrete,
    };

    public static string Word(this RegisterTable table) => Tables.First(t => t.Value == table).Key;

    public static bool IsBitTable(this RegisterTable table) => table is RegisterTable.Coil or RegisterTable.Discrete;

    public static IReadOnlyDictionary<string, PartOrder> Orders { get; } = new Dictionary<string, PartOrder>
    {
        ["high-first"] = PartOrder.HighFirst,
        ["low-first"] = PartOrder.LowFirst,
    };
}
