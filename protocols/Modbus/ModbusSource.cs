using System.Globalization;
using System.Runtime.CompilerServices;
using Penstock.Protocols.Profiles;
using Penstock.Protocols.Transport;

namespace Penstock.Protocols.Modbus;

/// <summary>A Modbus TCP device with a connection of its own, read as its profile says.</summary>
public sealed class ModbusSource : ISource
{
    private static readonly TimeSpan ShortestConnect = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(5);

    private readonly DeviceSettings _device;
    private readonly TimeProvider _clock;
    private readonly ChannelOpener _open;

    public ModbusSource(DeviceSettings device, TimeProvider clock)
        : this(device, clock, token => TcpChannel.ConnectAsync(device.Host, device.Port, ConnectDeadline(device), clock, token))
    {
    }

    internal ModbusSource(DeviceSettings device, TimeProvider clock, ChannelOpener open)
    {
        _device = device;
        _clock = clock;
        _open = open;
        Counters = new(device.Name);
        Plan = ReadPlanner.Plan(device.Profile.Registers, device.Profile.Limits);
        Tags = [.. device.Profile.Registers.Where(r => !r.Internal).Select(r => ModbusTag.From(r, device.Profile.RecordKind))];
    }

    /// <inheritdoc/>
    public string Device => _device.Name;

    /// <inheritdoc/>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"{_device.Host}:{_device.Port} unit {_device.UnitId}");

    /// <inheritdoc/>
    public IReadOnlyList<TagDefinition> Tags { get; }

    /// <summary>The requests it makes.</summary>
    public ReadPlan Plan { get; }

    public ModbusCounters Counters { get; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourceBatch> ReadAsync([EnumeratorCancellation] CancellationToken token)
    {
        var clock = new ModbusClock(_clock, Random.Shared);
        await using var session = new ModbusSession(_device.Profile, Plan, _device.UnitId, _open, clock, Counters);
        while (true)
            yield return await session.NextAsync(token);
    }

    private static TimeSpan ConnectDeadline(DeviceSettings device) =>
        TimeSpan.FromTicks(Math.Clamp(device.Profile.Connection.Timeout.Ticks, ShortestConnect.Ticks, LongestConnect.Ticks));
}

/// <summary>What is known of a tag from its register.</summary>
internal static class ModbusTag
{
    public static TagDefinition From(RegisterDefinition d, string kind) => new()
    {
        Tag = d.Tag,
        Kind = kind,
        Type = d.Labels is not null ? "enum" : d.Type switch { RegisterType.Bool => "bool", RegisterType.Text => "text", _ => "number" },
        Label = d.Label,
        Unit = d.Unit,
        ValidLow = d.Valid?.Low,
        ValidHigh = d.Valid?.High,
        NormalLow = d.Normal?.Low,
        NormalHigh = d.Normal?.High,
        Interval = d.Poll.Interval,
        Report = d.Report,
        Counter = d.Counter,
    };
}
