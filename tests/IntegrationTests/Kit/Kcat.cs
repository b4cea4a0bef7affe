using System.Globalization;
using System.Text.Json.Nodes;

namespace Penstock.IntegrationTests.Kit;

/// <summary>Reads topics with kcat, a Kafka client that shares nothing with the programs under test.</summary>
internal static class Kcat
{
    public const string Program = "/usr/bin/kcat";

    /// <summary>Everything the topic holds now, partition by partition.</summary>
    public static async Task<IReadOnlyList<KafkaMessage>> Read(string bootstrap, string topic, params string[] settings)
    {
        string[] arguments = ["-b", bootstrap, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-X", "fetch.wait.max.ms=10", "-f", "%p\\t%k\\t%h\\t%s\\n", .. settings.SelectMany(setting => new[] { "-X", setting })];
        var ended = await RunningProgram.Run(Program, arguments);
        if (ended.ExitCode != 0)
            throw new IOException($"kcat: {ended.Output}");
        return [.. ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(KafkaMessage.Read)];
    }

    /// <summary>The same, as JSON; a topic that is not there yet is empty.</summary>
    public static async Task<IReadOnlyList<JsonNode>> Records(string bootstrap, string topic) =>
        [.. (await Read(bootstrap, topic)).Select(message => message.Json)];
}

internal sealed record KafkaMessage(int Partition, string Key, string Headers, string Value)
{
    public JsonNode Json => JsonNode.Parse(Value)!;

    public static KafkaMessage Read(string line)
    {
        var parts = line.Split('\t', 4);
        return new(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], parts[2], parts[3]);
    }
}
