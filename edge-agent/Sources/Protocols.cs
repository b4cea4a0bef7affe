using Penstock.Protocols;
using Penstock.Protocols.Modbus;

namespace Penstock.EdgeAgent.Sources;

/// <summary>The protocols this agent speaks: one line each.</summary>
internal static class Protocols
{
    public static IReadOnlyList<IProtocol> All { get; } =
    [
        new ModbusProtocol(),
    ];

    /// <summary>Null when this version does not speak it.</summary>
    public static IProtocol? Find(string kind) => All.FirstOrDefault(protocol => protocol.Kind == kind);
}
