using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>The <c>device:</c> block.</summary>
internal sealed record DeviceSection(string? Vendor, string? Model, string? Description, string? Class)
{
    public static DeviceSection Read(MapReader parent)
    {
        if (parent.Block("device", "the device") is not { } reader)
        {
            parent.Warn(Codes.MissingDuty, parent.Map.At, "the profile does not say which device it describes", "add  device: {vendor: maker, model: type}");
            return new(null, null, null, null);
        }

        foreach (var key in new[] { "vendor", "model" })
        {
            if (!reader.Has(key))
                reader.Warn(Codes.MissingDuty, reader.Map.At, $"the device has no \"{key}\"", $"add  {key}: name");
        }

        var section = new DeviceSection(reader.Text("vendor"), reader.Text("model"), reader.Text("description"), reader.Text("class"));
        reader.List("also_sold_as");
        reader.Done();
        return section;
    }
}

/// <summary>The <c>connection:</c> block.</summary>
internal static class ConnectionReader
{
    private static readonly Dictionary<string, int> Parities = new() { ["none"] = 0, ["even"] = 1, ["odd"] = 2 };

    public static ConnectionDefaults Read(MapReader parent, out int rtuSettings)
    {
        rtuSettings = 0;
        if (parent.Block("connection", "the connection") is not { } reader)
            return new();
        rtuSettings = ReadRtu(reader);
        var port = 502L;
        if (reader.Block("tcp", "the TCP settings") is { } tcp)
        {
            port = tcp.Integer("port", 1, 65535) ?? 502;
            tcp.Done();
        }

        var connection = new ConnectionDefaults
        {
            TcpPort = (int)port,
            UnitId = (byte)(reader.Integer("unit_id", 0, 255) ?? 1),
            Timeout = reader.Duration("timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)) ?? TimeSpan.FromSeconds(1),
            PauseBetweenRequests = reader.Duration("pause_between_requests", TimeSpan.Zero, TimeSpan.FromSeconds(10)) ?? TimeSpan.Zero,
            MaxConnections = (int?)reader.Integer("max_connections", 1, 1000),
        };
        reader.Done();
        return connection;
    }

    private static int ReadRtu(MapReader parent)
    {
        if (parent.Block("rtu", "the serial settings") is not { } rtu)
            return 0;
        rtu.Integer("baud", 50, 10_000_000);
        rtu.Integer("data_bits", 5, 8);
        rtu.Choice("parity", Parities);
        rtu.Integer("stop_bits", 1, 2);
        rtu.Flag("parity_fixed");
        rtu.Done();
        return rtu.Map.Entries.Count;
    }
}

/// <summary>The <c>limits:</c> block.</summary>
internal static class LimitsReader
{
    public static ReadLimits Read(MapReader parent, FileContext context)
    {
        if (parent.Block("limits", "the limits") is not { } reader)
            return new();
        var limits = new ReadLimits
        {
            MaxRegistersPerRead = (int)(reader.Integer("max_registers_per_read", 1, 125, Codes.TooLong) ?? 125),
            MaxBitsPerRead = (int)(reader.Integer("max_bits_per_read", 1, 2000, Codes.TooLong) ?? 2000),
            BridgeGapsUpTo = (int)(reader.Integer("bridge_gaps_up_to", 0, 124) ?? 0),
            NeverRead = [.. reader.List("never_read").SelectMany(n => Ranges(reader, n, context))],
        };
        reader.Done();
        return limits;
    }

    private static IEnumerable<ForbiddenRange> Ranges(MapReader reader, YamlNode node, FileContext context)
    {
        if (node is not YamlScalar { Text: var text } || text.Split('-') is not { Length: 1 or 2 } ends)
        {
            reader.Error(Codes.WrongValue, node.At, "a range has to be one address or two with a hyphen", "write  never_read: [40900-40950]");
            return [];
        }

        var first = AddressNotation.Read(ends[0].Trim(), context.WrittenAs, null);
        var last = AddressNotation.Read(ends[^1].Trim(), context.WrittenAs, null);
        if ((first.Code ?? last.Code) is { } code)
        {
            reader.Error(code, node.At, first.Fault ?? last.Fault ?? "", first.Repair ?? last.Repair ?? "");
            return [];
        }

        RegisterTable[] tables = first.Table is { } named ? [named] : context.Defaults.Table is { } one ? [one] : [RegisterTable.Holding, RegisterTable.Input];
        return tables.Select(t => new ForbiddenRange(t, first.Wire, last.Wire));
    }
}

/// <summary>The <c>poll:</c> block: names of groups and their intervals.</summary>
public static class PollReader
{
    /// <summary>Shortest interval: 50 ms, about what one request over Ethernet and a slow gateway takes.</summary>
    public static TimeSpan Shortest { get; } = TimeSpan.FromMilliseconds(50);

    public static TimeSpan Longest { get; } = TimeSpan.FromDays(1);

    public static IReadOnlyDictionary<string, PollGroup> Read(MapReader parent)
    {
        var groups = new Dictionary<string, PollGroup>
        {
            [PollGroup.Default.Name] = PollGroup.Default,
            ["once"] = new("once", null),
        };
        if (parent.Block("poll", "the poll groups") is { } reader)
            ReadInto(reader, groups);
        return groups;
    }

    /// <summary>Also for the poll overrides of a site.</summary>
    public static void ReadInto(MapReader reader, Dictionary<string, PollGroup> groups)
    {
        foreach (var entry in reader.Map.Entries)
        {
            if (reader.Text(entry.Key) is not { } text)
                continue;
            if (text == "at-start")
                groups[entry.Key] = new(entry.Key, null);
            else if (reader.Duration(entry.Key, Shortest, Longest, Codes.Poll) is { } interval)
                groups[entry.Key] = new(entry.Key, interval);
        }
    }
}

/// <summary>The <c>defaults:</c> block.</summary>
internal static class DefaultsReader
{
    public static FileDefaults Read(MapReader parent, IReadOnlyDictionary<string, PollGroup> polls)
    {
        if (parent.Block("defaults", "the defaults") is not { } reader)
            return new();
        var poll = reader.Text("poll") ?? "normal";
        if (!polls.ContainsKey(poll))
            reader.Error(Codes.Poll, reader.At("poll"), $"unknown poll group \"{poll}\"", NearestName.Suggest(poll, [.. polls.Keys]));
        var defaults = new FileDefaults
        {
            Table = reader.Choice("table", RegisterTypes.Tables),
            WordOrder = reader.Choice("word_order", RegisterTypes.Orders),
            ByteOrder = reader.Choice("byte_order", RegisterTypes.Orders),
            Poll = polls.ContainsKey(poll) ? poll : "normal",
            Report = ReportText.Read(reader),
            Codes = ReadCodes(reader),
        };
        reader.Done();
        return defaults;
    }

    private static Dictionary<string, IReadOnlyList<YamlEntry>> ReadCodes(MapReader defaults)
    {
        var found = new Dictionary<string, IReadOnlyList<YamlEntry>>();
        if (defaults.Block("codes", "the codes") is not { } reader)
            return found;
        foreach (var word in RegisterTypes.Words.Keys)
        {
            if (reader.Block(word, $"the codes of {word}") is { } codes)
                found[word] = codes.Map.Entries;
        }

        reader.Done();
        return found;
    }
}
