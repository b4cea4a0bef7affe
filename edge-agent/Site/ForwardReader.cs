using Penstock.EdgeAgent.Outbox;
using Penstock.Protocols.Profiles;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.EdgeAgent.Site;

/// <summary>Reads <c>forward:</c>. A secret written in clear is refused and never repeated in the message.</summary>
internal static class ForwardReader
{
    private static readonly Dictionary<string, ForwardType> Types = new() { ["http"] = ForwardType.Http, ["kafka"] = ForwardType.Kafka };

    private static readonly Dictionary<string, Confirm> Confirms = new() { ["auto"] = Confirm.Auto, ["historian"] = Confirm.Historian, ["broker"] = Confirm.Broker };

    public static ForwardOptions Read(MapReader site)
    {
        if (site.Block("forward", "forward") is not { } reader)
            return new();
        var type = reader.Choice("type", Types) ?? ForwardType.Http;
        var options = new ForwardOptions
        {
            Type = type,
            To = ReadCentre(reader) ?? ForwardOptions.DefaultCentre,
            Address = reader.Text("address"),
            Confirm = reader.Choice("confirm", Confirms) ?? Confirm.Auto,
            Token = ReadToken(reader),
        };
        options = KafkaReader.Read(reader, options);
        if (options is { Type: ForwardType.Http, Confirm: Confirm.Broker })
            reader.Warn(Codes.WrongValue, reader.At("confirm"), "over http there is no broker whose word could count", "remove  confirm: broker  (the centre answers after its commit), or write  type: kafka  with its address.");
        reader.Done();
        return options;
    }

    private static Uri? ReadCentre(MapReader reader)
    {
        if (reader.Text("to") is not { } text)
            return null;
        if (text.Contains('@', StringComparison.Ordinal))
        {
            reader.Problems.Secret(reader.At("to"), "the address carries a user name or password in clear", "write the address without it, and  token: \"file:/etc/penstock/token\"");
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri is { Query: "", Fragment: "" })
            return uri;
        reader.Error(Codes.WrongValue, reader.At("to"), $"\"{text}\" is not the address of a centre", "write  to: \"http://10.20.0.5:8420\"");
        return null;
    }

    private static string? ReadToken(MapReader reader)
    {
        if (reader.Text("token") is not { } token || Secrets.IsReference(token))
            return reader.Text("token");
        reader.Problems.Secret(reader.At("token"), "the token is not a reference; a secret never stands in the site file", "put the token into a file only the agent can read and write  token: \"file:/etc/penstock/token\" ; or  \"env:PENSTOCK_TOKEN\" , \"credential:penstock-token\". Was it a real token? Make a new one: this file may have been copied.");
        return null;
    }
}

/// <summary>Reads <c>outbox:</c>.</summary>
internal static class OutboxReader
{
    private const long SmallestCap = 16L << 20;
    private const long LargestCap = 1L << 40;

    private static readonly Dictionary<string, StorageMode> Modes = new() { ["ssd"] = StorageMode.Ssd, ["card"] = StorageMode.Card, ["auto"] = StorageMode.Ssd };

    /// <param name="auto">True when the medium decides.</param>
    public static OutboxOptions Read(MapReader site, out bool auto)
    {
        auto = true;
        var defaults = new OutboxOptions();
        if (site.Block("outbox", "the outbox") is not { } reader)
            return defaults;
        auto = (reader.Text("storage") ?? "auto") == "auto";
        var options = defaults with
        {
            Storage = reader.Choice("storage", Modes) ?? defaults.Storage,
            CapBytes = ReadCap(reader) ?? defaults.CapBytes,
            Keep = reader.Duration("keep", TimeSpan.FromHours(1), TimeSpan.FromDays(3650)) ?? defaults.Keep,
            FreeFloorBytes = ReadFloor(reader) ?? defaults.FreeFloorBytes,
            GroupFor = reader.Duration("group_for", TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(60)),
        };
        reader.Done();
        return options;
    }

    private static long? ReadFloor(MapReader reader)
    {
        if (reader.Text("free_floor") is not { } text)
            return null;
        if (Scalars.TryBytes(text, out var bytes) && bytes <= LargestCap)
            return bytes;
        reader.Error(Codes.WrongValue, reader.At("free_floor"), $"\"free_floor\" has to be a size up to 1 TiB, not \"{text}\"", "write it with its unit:  free_floor: 200 MiB ; 0 MiB switches it off");
        return null;
    }

    private static long? ReadCap(MapReader reader)
    {
        if (reader.Text("cap") is not { } text)
            return null;
        if (Scalars.TryBytes(text, out var bytes) && bytes is >= SmallestCap and <= LargestCap)
            return bytes;
        reader.Error(Codes.WrongValue, reader.At("cap"), $"\"cap\" has to be a size from 16 MiB to 1 TiB, not \"{text}\"", "write it with its unit:  cap: 1 GiB");
        return null;
    }
}
