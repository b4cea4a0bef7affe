using Penstock.Contracts;
using Penstock.Protocols.Profiles;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.EdgeAgent.Site;

/// <summary>Reads the keys of <c>forward:</c> that belong to Kafka.</summary>
internal static class KafkaReader
{
    private static readonly string[] OfKafka = ["address", "compression", "topics", "security"];
    private static readonly string[] OfHttp = ["to", "token"];
    private static readonly Dictionary<string, Compression> Compressions = new() { ["none"] = Compression.None, ["lz4"] = Compression.Lz4, ["zstd"] = Compression.Zstd };

    public static ForwardOptions Read(MapReader forward, ForwardOptions options)
    {
        if (options.Type == ForwardType.Http)
        {
            foreach (var key in OfKafka.Where(forward.Has))
                forward.Error(Codes.WrongValue, forward.At(key), $"\"{key}\" belongs to type kafka", "write  to: http://host:8420  or add  type: kafka");
            return options;
        }

        CheckAddress(forward, options.Address);
        foreach (var key in OfHttp.Where(forward.Has))
            forward.Error(Codes.WrongValue, forward.At(key), $"\"{key}\" belongs to type http", key == "to" ? "write  address: broker-1:9092" : "write the log-in under  security:");
        return options with
        {
            Compression = forward.Choice("compression", Compressions) ?? options.Compression,
            Topics = ReadTopics(forward),
            Security = KafkaSecurityReader.Read(forward),
        };
    }

    private static void CheckAddress(MapReader forward, string? address)
    {
        if (address is null)
        {
            forward.Error(Codes.MissingKey, forward.Map.At, "forward of type kafka has no \"address\"", "add  address: broker-1:9092,broker-2:9092");
            return;
        }

        foreach (var broker in address.Split(',').Select(broker => broker.Trim()))
        {
            var colon = broker.LastIndexOf(':');
            if (colon < 1 || broker.Contains('/', StringComparison.Ordinal) || !ushort.TryParse(broker.AsSpan(colon + 1), out var port) || port == 0)
                forward.Error(Codes.WrongValue, forward.At("address"), $"\"{broker}\" is not the address of a broker", "write host and port of each, separated by commas:  address: broker-1:9092,broker-2:9092");
        }
    }

    private static Topics ReadTopics(MapReader forward)
    {
        var topics = new Topics();
        if (forward.Block("topics", "the topics") is not { } reader)
            return topics;
        topics = topics with
        {
            Readings = Name(reader, "readings") ?? topics.Readings,
            Events = Name(reader, "events") ?? topics.Events,
            Tags = Name(reader, "tags") ?? topics.Tags,
            Agents = Name(reader, "agents") ?? topics.Agents,
            Confirmed = Name(reader, "confirmed") ?? topics.Confirmed,
            DeadLetters = Name(reader, "dead_letters") ?? topics.DeadLetters,
        };
        reader.Done();
        return topics;
    }

    private static string? Name(MapReader reader, string key)
    {
        if (reader.Text(key) is not { } name || Topics.IsValid(name))
            return reader.Text(key);
        reader.Error(Codes.WrongValue, reader.At(key), $"\"{name}\" is not the name of a topic: letters, digits, . _ - and at most 249 of them", $"write  {key}: north.readings");
        return null;
    }
}
