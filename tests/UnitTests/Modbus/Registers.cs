using Penstock.Protocols;
using Penstock.Protocols.Profiles;

namespace Penstock.UnitTests.Modbus;

/// <summary>Short ways to write definitions and devices.</summary>
internal static class Registers
{
    public static readonly PollGroup Fast = new("fast", TimeSpan.FromSeconds(1));
    public static readonly PollGroup Once = new("once", null);

    public static RegisterDefinition Word(string tag, int address, RegisterTable table = RegisterTable.Holding, PollGroup? poll = null) =>
        Value(tag, address, RegisterType.UInt16, table, poll);

    public static RegisterDefinition Value(
        string tag, int address, RegisterType type, RegisterTable table = RegisterTable.Holding, PollGroup? poll = null) => new()
        {
            Tag = tag,
            Table = table,
            Type = type,
            Addresses = [.. Enumerable.Range(address, Width(type)).Select(a => (ushort)a)],
            Poll = poll ?? Fast,
        };

    public static DeviceSettings Device(string name, int port, params RegisterDefinition[] registers) => new()
    {
        Name = name,
        Host = "127.0.0.1",
        Port = port,
        UnitId = 1,
        Profile = new() { Id = "test", Kind = "modbus", Registers = registers },
    };

    private static int Width(RegisterType type) => type switch
    {
        RegisterType.Int32 or RegisterType.UInt32 or RegisterType.Float32 or RegisterType.Bits32 or RegisterType.Bcd32 => 2,
        RegisterType.Int64 or RegisterType.UInt64 or RegisterType.Float64 => 4,
        _ => 1,
    };
}
