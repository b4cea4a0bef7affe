using Penstock.Contracts;
using Penstock.Protocols;
using Penstock.Protocols.Profiles;
using Penstock.Protocols.Profiles.Loading;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.EdgeAgent.Site;

/// <summary>Reads <c>devices:</c> with repeats, profiles and overrides.</summary>
internal sealed class DeviceList(ProfileStore profiles, IReadOnlyDictionary<string, Bus> buses, List<Problem> profileProblems, List<NotActedOn> notActedOn)
{
    /// <summary>One agent reads at most this many devices.</summary>
    private const int Most = 1000;

    private readonly HashSet<string> _reported = [];

    public IReadOnlyList<SiteDevice> Read(MapReader site)
    {
        if (site.List("devices").Count == 0)
            site.Warn(Codes.MissingDuty, site.Map.At, "the site has no devices", "add  devices:  with one line for each.");
        var found = new List<SiteDevice>();
        foreach (var entry in site.Blocks("devices", "a device"))
        {
            if (entry.Block("repeat", "a repeat") is { } repeat)
                ReadRepeat(entry, repeat, found);
            else
                AddIfRead(entry, null, found);
        }

        if (found.Count > Most)
            site.Error(Codes.WrongValue, site.At("devices"), $"{found.Count} devices, one agent reads at most {Most}", "split the site into several agents, one site file each.");
        return found;
    }

    private void ReadRepeat(MapReader entry, MapReader repeat, List<SiteDevice> found)
    {
        var (variable, first, last) = Repeats.Read(repeat);
        repeat.Done();
        for (var n = first; n <= last && found.Count <= Most; n++)
            AddIfRead(entry, new(variable, n), found);
    }

    private void AddIfRead(MapReader entry, Substitution? substitution, List<SiteDevice> found)
    {
        var name = (entry.Map.Find("name")?.Value as YamlScalar)?.Text;
        var reader = new MapReader(entry.Map, entry.Problems, name is null ? "a device" : $"device \"{substitution?.Apply(name) ?? name}\"", substitution);
        reader.Allow("repeat");
        var device = ReadDevice(reader);
        reader.Done();
        if (device is not null)
            found.Add(new(device, reader));
    }

    private DeviceSettings? ReadDevice(MapReader reader)
    {
        var name = ReadName(reader);
        var profile = ReadProfile(reader);
        var bus = ReadBus(reader);
        var (host, port) = ReadAddress(reader, bus);
        var unit = ReadUnit(reader);
        var place = reader.Text("place");
        reader.Allow("feeds", "variant");
        if (profile is null)
        {
            reader.Allow("overrides", "scale_by", "plant_tags");
            return null;
        }

        if (reader.Has("variant"))
            notActedOn.Add(new("chosen variants", 1));
        var effective = Overrides.Apply(reader, profile, notActedOn);
        return name is null || host is null ? null : new DeviceSettings
        {
            Name = name,
            Profile = effective,
            Host = host,
            Port = port ?? profile.Connection.TcpPort,
            UnitId = unit ?? profile.Connection.UnitId,
            Place = place,
            PlantTags = Overrides.PlantTags(reader, profile),
        };
    }

    private static string? ReadName(MapReader reader)
    {
        if (reader.Required("name", "main-meter") is not { } name || Names.IsValid(name))
            return reader.Text("name");
        reader.Error(Codes.SiteName, reader.At("name"), $"\"{name}\" is not a device name: 1 to 64 lower-case letters, digits, - _ .", $"write  name: {Names.Repair(name)}");
        return null;
    }

    private DeviceProfile? ReadProfile(MapReader reader)
    {
        if (reader.Required("profile", "eastron-sdm630") is not { } id)
            return null;
        if (profiles.Find(id) is not { } result)
        {
            var where = string.Join(", ", profiles.Folders.Distinct());
            reader.Error(Codes.SiteReference, reader.At("profile"), $"unknown profile \"{id}\"", NearestName.Suggest(id, profiles.Ids), detail: $"Searched in {where}.");
            return null;
        }

        if (result.Profile is null)
        {
            reader.Error(Codes.SiteReference, reader.At("profile"), $"the profile \"{id}\" has errors and is not used", "see the errors of its file below, or run  penstock profile lint  on it.");
            if (_reported.Add(id))
                profileProblems.AddRange(result.Problems.Where(p => p.Severity == Severity.Error));
        }

        return result.Profile;
    }

    private Bus? ReadBus(MapReader reader)
    {
        if (reader.Text("bus") is not { } name)
            return null;
        if (!buses.TryGetValue(name, out var bus))
            reader.Error(Codes.SiteReference, reader.At("bus"), $"unknown bus \"{name}\"", NearestName.Suggest(name, [.. buses.Keys]));
        else if (!bus.IsModbusTcp)
            reader.Error(Codes.NotInThisVersion, reader.At("bus"), $"the bus \"{name}\" is of type {bus.Type}, which this version does not read", "reach the device through a Modbus TCP gateway for now, or take it out of this file.");
        return bus;
    }

    private static (string? Host, int? Port) ReadAddress(MapReader reader, Bus? bus)
    {
        var host = Hosts.Read(reader) ?? bus?.Host;
        var port = (int?)reader.Integer("port", 1, 65535, Codes.SiteReference) ?? bus?.Port;
        if (host is null && !reader.Has("host") && bus is null or { IsModbusTcp: true, Host: null })
            reader.Error(Codes.SiteReference, reader.Map.At, $"{reader.What} has no \"host\"", "add  host: 192.168.0.20  (the address of the device or its gateway), here or at its bus.");
        return (host, port);
    }

    private static byte? ReadUnit(MapReader reader)
    {
        var special = reader.Flag("allow_special") ?? false;
        if (reader.Text("unit_id") is not { } text)
            return null;
        var (low, high) = special ? (0, 255) : (1, 247);
        if (WholeFormula.TryRead(text, reader.Substitution, out var unit) && unit >= low && unit <= high)
            return (byte)unit;
        var hint = unit is 0 or (>= 248 and <= 255) ? "if the device really uses it, add  allow_special: true" : "write the unit id set at the device; behind Modbus TCP it is often 1.";
        reader.Error(Codes.SiteReference, reader.At("unit_id"), $"the unit id \"{text}\" is not a number from {low} to {high}", hint);
        return null;
    }
}
