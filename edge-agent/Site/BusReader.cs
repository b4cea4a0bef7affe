using Penstock.Protocols.Profiles;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.EdgeAgent.Site;

/// <summary>One entry of <c>buses:</c>. A Modbus TCP bus may name a host: the gateway all its devices sit behind.</summary>
internal sealed record Bus(string Name, string Type, string? Host, int? Port)
{
    public const string ModbusTcp = "modbus-tcp";

    public bool IsModbusTcp => Type == ModbusTcp;
}

/// <summary>Reads <c>buses:</c>. Other types than Modbus TCP are accepted with their keys and not acted on.</summary>
internal static class BusReader
{
    private static readonly string[] LaterTypes = ["modbus-rtu", "modbus-rtu-over-tcp", "modbus-udp", "modbus-ascii", "modbus-tls", "serial", "mqtt", "http", "rtsp"];

    public static IReadOnlyDictionary<string, Bus> Read(MapReader site)
    {
        var buses = new Dictionary<string, Bus>(StringComparer.Ordinal);
        if (site.Block("buses", "the buses") is not { } block)
            return buses;
        foreach (var entry in block.Map.Entries)
        {
            if (block.Block(entry.Key, $"the bus \"{entry.Key}\"") is { } reader && ReadBus(entry.Key, reader) is { } bus)
                buses[entry.Key] = bus;
        }

        return buses;
    }

    private static Bus? ReadBus(string name, MapReader reader)
    {
        var type = reader.Required("type", Bus.ModbusTcp);
        if (type != Bus.ModbusTcp)
        {
            if (type is not null && !LaterTypes.Contains(type))
                reader.Error(Codes.SiteReference, reader.At("type"), $"unknown bus type \"{type}\"", NearestName.Suggest(type, [Bus.ModbusTcp, .. LaterTypes]));
            return type is null ? null : new(name, type, null, null);
        }

        var bus = new Bus(name, type, Hosts.Read(reader), (int?)reader.Integer("port", 1, 65535, Codes.SiteReference));
        reader.Done();
        return bus;
    }
}

/// <summary>Reads host names and addresses.</summary>
internal static class Hosts
{
    public static string? Read(MapReader reader)
    {
        if (reader.Text("host") is not { } host || Uri.CheckHostName(host) != UriHostNameType.Unknown)
            return reader.Text("host");
        reader.Error(Codes.SiteReference, reader.At("host"), $"\"{host}\" is not a host name or an IP address", "write the name or address alone, and the port under its own key:  host: 10.20.0.31, port: 502");
        return null;
    }
}
