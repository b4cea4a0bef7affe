using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;
using Penstock.Protocols;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Site;

/// <summary>What the readings of a site are worth when not all can be kept: booleans, enumerations and texts outlive numbers.</summary>
internal sealed class TagClasses
{
    private readonly HashSet<(string Device, string Tag)> _states;

    public TagClasses(IEnumerable<DeviceSettings> devices) => _states =
    [
        .. devices.SelectMany(device => device.Profile.Registers
            .Where(register => register.Labels is not null || register.Type is RegisterType.Bool or RegisterType.Text)
            .Select(register => (device.Name, register.Tag))),
    ];

    public RecordClass Of(Reading reading) =>
        _states.Contains((reading.Device, reading.Tag)) ? RecordClass.State : RecordClasses.Of(reading);
}
