using Penstock.Protocols.Modbus.Server;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Simulation;

/// <summary>The devices behind one simulated address, told apart by unit id. Other unit ids stay silent, as on a wire.</summary>
internal sealed class SimulatedBank(IReadOnlyDictionary<byte, SimulatedUnit> units) : IRegisterBank
{
    public BankReply Read(byte unit, RegisterTable table, ushort start, Span<ushort> values) =>
        units.TryGetValue(unit, out var device) ? device.Read(table, start, values) : BankReply.Silence;
}
