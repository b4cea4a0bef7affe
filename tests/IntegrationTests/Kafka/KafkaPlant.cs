using System.Globalization;
using System.Text.Json.Nodes;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Kafka;

/// <summary>
/// A counting device that keeps a list of every number it answered, read by an agent that forwards to Kafka, on topics of
/// its own.
/// </summary>
internal sealed class KafkaPlant : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _name = $"t{Guid.NewGuid():N}"[..9];
    private Peer? _device;
    private Peer? _other;

    public static string LongName { get; } = new('n', 60);

    public string Readings => $"{_name}.readings";

    public string Events => $"{_name}.events";

    public string Tags => $"{_name}.tags";

    public string Agents => $"{_name}.agents";

    public string Confirmed => $"{_name}.confirmed";

    public string DeadLetters => $"{_name}.dead-letters";

    public string DataFolder => _folder["agent"];

    public TempFolder Folder => _folder;

    /// <summary>Starts the device and creates the topics.</summary>
    public async Task Prepare(KafkaServer server, int partitions = 3, IReadOnlyDictionary<string, string>? readings = null)
    {
        _device = await Peer.Start("counting_device.py", _folder["answered"]);
        _other = await Peer.Start("counting_device.py", _folder["other"]);
        await server.Topic(Readings, partitions, readings);
        foreach (var topic in new[] { Events, DeadLetters })
            await server.Topic(topic, 1);
        foreach (var topic in new[] { Tags, Agents, Confirmed })
            await server.CompactedTopic(topic);
    }

    /// <param name="longName">With a second device whose records are larger by the length of its name, twice.</param>
    public string WriteSite(string address, string more = "", bool longName = false)
    {
        var plant = new Plant(_folder)
        {
            Forward = $$"""
                {type: kafka, address: "{{address}}", topics: {readings: {{Readings}}, events: {{Events}}, tags: {{Tags}}, agents: {{Agents}}, confirmed: {{Confirmed}}, dead_letters: {{DeadLetters}}}{{more}}}
                """.Trim(),
        }.Profile("count", "200ms", "uint32", "count").Device("counter", "count", _device!.Port); // prepared before
        return (longName ? plant.Profile("long", "1s", "uint16", LongName).Device(LongName, "long", _other!.Port) : plant).Write(); // as above
    }

    /// <summary>Every number the device has answered.</summary>
    public IReadOnlySet<long> Answered() =>
        File.ReadAllLines(_folder["answered"]).Where(line => line.Contains(' ')).Select(line => long.Parse(line.AsSpan(0, line.IndexOf(' ')), CultureInfo.InvariantCulture)).ToHashSet();

    /// <summary>What the running agent has taken for certain: all but the device's last answer, which may be under way.</summary>
    public IReadOnlySet<long> Taken() => Answered().Order().SkipLast(1).ToHashSet();

    public static async Task<JsonNode> Status(Agent agent)
    {
        using var http = new HttpClient();
        return JsonNode.Parse(await http.GetStringAsync($"{agent.StatusPage}/status.json"))!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var device in new[] { _device, _other }.OfType<Peer>())
            await device.DisposeAsync();
        _folder.Dispose();
    }
}
