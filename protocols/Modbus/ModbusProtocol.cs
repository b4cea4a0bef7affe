namespace Penstock.Protocols.Modbus;

/// <summary>Makes sources for profiles of kind <c>modbus</c>.</summary>
public sealed class ModbusProtocol : IProtocol
{
    /// <inheritdoc/>
    public string Kind => "modbus";

    /// <inheritdoc/>
    public ISource Create(DeviceSettings device, TimeProvider clock) => new ModbusSource(device, clock);
}
