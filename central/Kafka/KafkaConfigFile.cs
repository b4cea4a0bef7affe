using Penstock.Central.Access;
using Penstock.Central.Commands;
using Penstock.Contracts;

namespace Penstock.Central.Kafka;

/// <summary>
/// Reads the file of <c>--kafka-config</c>. Grammar: one <c>key = value</c> a line, <c>#</c> begins a comment line, blank
/// lines are allowed. Keys are those of librdkafka, and beside them <c>group.id</c> and <c>topic.readings</c>,
/// <c>topic.events</c>, <c>topic.tags</c>, <c>topic.agents</c>, <c>topic.confirmed</c>, <c>topic.results</c>,
/// <c>topic.dead-letters</c>. A secret is a reference, never the secret itself.
/// </summary>
internal static class KafkaConfigFile
{
    private const long MaxBytes = 64 << 10;

    private static readonly HashSet<string> Secrets =
        ["sasl.password", "ssl.key.password", "ssl.keystore.password", "ssl.key.pem", "sasl.oauthbearer.client.secret"];

    /// <summary>What delivery rests on is not for a file to change.</summary>
    private static readonly HashSet<string> Ours =
    [
        "bootstrap.servers", "metadata.broker.list", "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "isolation.level",
        "partition.assignment.strategy", "group.protocol", "enable.idempotence", "acks", "request.required.acks", "allow.auto.create.topics",
        "check.crcs", "enable.partition.eof", "group.instance.id",
    ];

    /// <exception cref="StartException">The file cannot be used; the message names file, line and key, and never a value.</exception>
    public static KafkaOptions Read(string brokers, string? path)
    {
        var options = new KafkaOptions { Brokers = CheckBrokers(brokers) };
        if (path is null)
            return options;
        var client = new Dictionary<string, string>();
        var number = 0;
        foreach (var line in Lines(path))
        {
            number++;
            if (line.Trim() is not { Length: > 0 } text || text[0] == '#')
                continue;
            var place = $"{path}, line {number}";
            var cut = text.IndexOf('=', StringComparison.Ordinal);
            if (cut <= 0)
                throw Wrong($"{place} is no setting; write key = value");
            options = Take(options, client, place, text[..cut].Trim(), text[(cut + 1)..].Trim());
        }

        return Distinct(options with { Client = client }, path);
    }

    private static KafkaOptions Take(KafkaOptions options, Dictionary<string, string> client, string place, string key, string value)
    {
        if (value.Length == 0)
            throw Wrong($"{place}: {key} has no value");
        if (key == "group.id")
            return options with { Group = value };
        if (key.StartsWith("topic.", StringComparison.Ordinal))
            return options with { Topics = Rename(options.Topics, place, key, value) };
        if (Ours.Contains(key))
            throw Wrong($"{place}: {key} is set by penstock-central itself, because delivery rests on it{(key == "bootstrap.servers" ? " (brokers are named with --kafka)" : "")}; remove the line");
        if (Secrets.Contains(key) && !SecretReference.Is(value))
            throw Wrong($"{place}: {key} stands there in plain text; put the secret into a file only the centre can read and write  {key} = file:/path , or env:NAME , or credential:NAME");
        if (SecretReference.Is(value))
            value = SecretReference.Read(value) ?? throw Wrong($"{place}: {key} refers to {value}, which is missing, empty or not readable");
        if (!client.TryAdd(key, value))
            throw Wrong($"{place}: {key} stands there twice; keep one");
        return options;
    }

    private static Topics Rename(Topics topics, string place, string key, string name)
    {
        if (!Topics.IsValid(name))
            throw Wrong($"{place}: {key} = {name} is no topic name; use letters, digits, '.', '_', '-', at most 249");
        return key switch
        {
            "topic.readings" => topics with { Readings = name },
            "topic.events" => topics with { Events = name },
            "topic.tags" => topics with { Tags = name },
            "topic.agents" => topics with { Agents = name },
            "topic.confirmed" => topics with { Confirmed = name },
            "topic.results" => topics with { Results = name },
            "topic.dead-letters" => topics with { DeadLetters = name },
            _ => throw Wrong($"{place}: {key} names no topic; use topic.readings, .events, .tags, .agents, .confirmed, .results or .dead-letters"),
        };
    }

    // Two kinds of record in one topic would be read by the wrong rules, and dead letters in a consumed topic would come back for ever.
    private static KafkaOptions Distinct(KafkaOptions options, string path)
    {
        var t = options.Topics;
        string[] names = [t.Readings, t.Events, t.Tags, t.Agents, t.Confirmed, t.Results, t.DeadLetters];
        return names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw Wrong($"{path}: two topics are named {twice.Key}; each needs a name of its own")
            : options;
    }

    private static string[] Lines(string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaxBytes ? File.ReadAllLines(path) : throw Wrong($"--kafka-config {path} is larger than {MaxBytes} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"--kafka-config {path} cannot be read: {e.Message}");
        }
    }

    private static string CheckBrokers(string brokers) =>
        brokers.Split(',').All(IsAddress) ? brokers : throw Wrong($"--kafka '{brokers}' is no list of brokers; write for example kafka-1:9092,kafka-2:9092");

    private static bool IsAddress(string broker)
    {
        var colon = broker.LastIndexOf(':');
        return colon > 0 && !broker.Contains(' ', StringComparison.Ordinal) && !broker.Contains('/', StringComparison.Ordinal)
            && ushort.TryParse(broker.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture, out var port) && port > 0;
    }

    private static StartException Wrong(string message) => new(message, ExitCode.WrongUsage);
}
