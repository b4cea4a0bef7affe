using Penstock.Contracts;
using Penstock.Protocols;
using Penstock.Protocols.Profiles;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.EdgeAgent.Site;

/// <summary>Reads the top level of a site file.</summary>
internal sealed class SiteReader(ProblemList problems, ProfileStore profiles)
{
    private readonly List<Problem> _profileProblems = [];
    private readonly List<NotActedOn> _notActedOn = [];

    /// <summary>Errors of the profiles the site uses; their warnings are the business of lint.</summary>
    public IReadOnlyList<Problem> ProfileProblems => _profileProblems;

    public SiteConfig Read(YamlMap root)
    {
        var reader = new MapReader(root, problems, "the site");
        CheckVersion(reader);
        var name = ReadName(reader);
        var timeZone = ReadTimeZone(reader);
        var buses = BusReader.Read(reader);
        var devices = new DeviceList(profiles, buses, _profileProblems, _notActedOn).Read(reader);
        var forward = ForwardReader.Read(reader);
        var outbox = OutboxReader.Read(reader, out var auto);
        var simulated = ReadSimulated(reader, devices);
        CheckDuplicates(devices);
        reader.Done();
        var kept = devices.Where(d => !simulated.Contains(d.Settings.Name)).Select(d => d.Settings).ToArray();
        return new SiteConfig
        {
            Name = name ?? "",
            TimeZone = timeZone,
            Devices = kept,
            Forward = forward,
            Outbox = outbox,
            StorageAuto = auto,
            SimulateInstead = simulated,
            NotActedOn = Sum(buses.Values, simulated, devices),
            Files = [problems.Source.Name, .. devices.Select(d => d.Settings.Profile.File).Distinct()],
        };
    }

    private static void CheckVersion(MapReader reader)
    {
        if (reader.Required("site", "1") is { } version && version != "1")
            reader.Error(Codes.NotInThisVersion, reader.At("site"), $"version {version} of the site file is not known", "this version reads  site: 1");
    }

    private static string? ReadName(MapReader reader)
    {
        if (reader.Required("name", "north-plant") is not { } name || Names.IsValid(name))
            return reader.Text("name");
        reader.Error(Codes.SiteName, reader.At("name"), $"\"{name}\" is not a site name: 1 to 64 lower-case letters, digits, - _ .", $"write  name: {Names.Repair(name)}");
        return null;
    }

    private static string ReadTimeZone(MapReader reader)
    {
        var zone = reader.Text("time_zone") ?? "UTC";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            reader.Warn(Codes.WrongValue, reader.At("time_zone"), $"this machine does not know the time zone \"{zone}\"", "write an IANA name as Europe/Berlin, or install the package tzdata.");
        return zone;
    }

    private static List<string> ReadSimulated(MapReader reader, IReadOnlyList<SiteDevice> devices)
    {
        var names = new List<string>();
        foreach (var item in reader.List("simulate_instead"))
        {
            var name = (item as YamlScalar)?.Text ?? "";
            if (devices.Any(d => d.Settings.Name == name))
                names.Add(name);
            else
                reader.Error(Codes.SiteReference, item.At, $"no device is called \"{name}\"", NearestName.Suggest(name, [.. devices.Select(d => d.Settings.Name)]));
        }

        return names;
    }

    private static void CheckDuplicates(IReadOnlyList<SiteDevice> devices)
    {
        var names = new Dictionary<string, SiteDevice>(StringComparer.OrdinalIgnoreCase);
        var units = new Dictionary<(string, int, byte), SiteDevice>();
        foreach (var device in devices)
        {
            var s = device.Settings;
            if (!names.TryAdd(s.Name, device))
                device.Reader.Error(Codes.Twice, device.Reader.At("name"), $"two devices are called \"{s.Name}\"", "give every device its own name; records are told apart by it.", $"first on line {names[s.Name].Reader.Map.At.Line}");
            if (!units.TryAdd((s.Host, s.Port, s.UnitId), device))
                device.Reader.Error(Codes.SiteReference, device.Reader.At("unit_id"), $"\"{s.Name}\" and \"{units[(s.Host, s.Port, s.UnitId)].Settings.Name}\" are both unit {s.UnitId} at {s.Host}:{s.Port}", "every device on one bus has its own unit id; check the number set at the device.");
        }
    }

    private NotActedOn[] Sum(IEnumerable<Bus> buses, List<string> simulated, IReadOnlyList<SiteDevice> devices)
    {
        var idle = buses.Count(b => !b.IsModbusTcp);
        return [.. _notActedOn
            .Concat(devices.SelectMany(d => d.Settings.Profile.NotActedOn))
            .Append(new("buses that are not modbus-tcp", idle))
            .Append(new("devices of simulate_instead", simulated.Count))
            .Where(n => n.Count > 0)
            .GroupBy(n => n.What)
            .Select(g => new NotActedOn(g.Key, g.Sum(n => n.Count)))];
    }
}

/// <summary>A device with the block it was read from.</summary>
internal sealed record SiteDevice(DeviceSettings Settings, MapReader Reader);
