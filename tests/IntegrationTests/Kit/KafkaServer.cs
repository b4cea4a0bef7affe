using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Penstock.IntegrationTests.Kit;

/// <summary>
/// A real Kafka on loopback, one node or several (then replication 3, min.insync.replicas 2), data in a temporary folder.
/// Nodes are counted from 1. Check <see cref="KafkaRuntime.Missing"/> first (a test: <c>Needs.Kafka()</c>).
/// </summary>
internal sealed class KafkaServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder;
    private readonly KafkaNode[] _nodes;

    private KafkaServer(TempFolder folder, KafkaNode[] nodes)
    {
        _folder = folder;
        _nodes = nodes;
    }

    /// <summary>Every node, as <c>host:port</c> separated by commas.</summary>
    public string Bootstrap => string.Join(',', _nodes.Select(node => node.Address));

    /// <param name="nodes">One takes 5 s to start, three take 9 s.</param>
    /// <param name="settings">Lines for <c>server.properties</c>: <c>message.max.bytes=2000</c>.</param>
    /// <param name="listeners">Beside the plain one, for encryption and log-in.</param>
    public static async Task<KafkaServer> Start(int nodes = 1, IReadOnlyList<string>? settings = null, IReadOnlyList<KafkaListener>? listeners = null)
    {
        var folder = new TempFolder();
        var server = new KafkaServer(folder, [.. Enumerable.Range(1, nodes).Select(id => new KafkaNode(id, folder[$"{id}"], listeners ?? [], settings ?? []))]);
        try
        {
            await Task.WhenAll(server._nodes.Select(server.StartNode));
            await server.WhenComplete();
            return server;
        }
        catch (Exception)
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where clients reach a listener that was asked for at the start.</summary>
    public string BootstrapOf(string listener) => string.Join(',', _nodes.Select(node => node.AddressOf(listener)));

    /// <summary>SIGKILL: nothing is closed, nothing is said. What the node had written stays in the page cache.</summary>
    public Task Kill(int node = 1) => _nodes[node - 1].Stop(kill: true);

    /// <summary>Stops a node in order.</summary>
    public Task Stop(int node = 1) => _nodes[node - 1].Stop(kill: false);

    /// <summary>Starts a stopped or killed node on the data and ports it had.</summary>
    public Task Restart(int node = 1) => StartNode(_nodes[node - 1]);

    /// <summary>Every node answers and is a member.</summary>
    public async Task WhenComplete()
    {
        using var admin = Admin();
        await Until.True("all nodes of Kafka are members", () => Members(admin) == _nodes.Length, Patience);
    }

    public IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Bootstrap })
        .SetLogHandler((_, _) => { })
        .SetErrorHandler((_, _) => { })
        .Build();

    /// <summary>Creates a topic; replication is what the cluster has by default.</summary>
    public async Task Topic(string name, int partitions = 3, IReadOnlyDictionary<string, string>? settings = null)
    {
        using var admin = Admin();
        await admin.CreateTopicsAsync(
        [
            new TopicSpecification { Name = name, NumPartitions = partitions, ReplicationFactor = -1, Configs = settings?.ToDictionary() },
        ]);
        await Until.True($"topic {name} has its leaders", () => HasLeaders(admin, name), Patience);
    }

    public Task CompactedTopic(string name, int partitions = 1) =>
        Topic(name, partitions, new Dictionary<string, string> { ["cleanup.policy"] = "compact" });

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.Stop(kill: true)));
        _folder.Dispose();
    }

    private Task StartNode(KafkaNode node) =>
        node.Start(string.Join(',', _nodes.Select(each => each.Voter)), _nodes.Length == 1 ? "384m" : "256m");

    private static int Members(IAdminClient admin)
    {
        try
        {
            return admin.GetMetadata(TimeSpan.FromSeconds(2)).Brokers.Count;
        }
        catch (KafkaException)
        {
            return 0;
        }
    }

    private static bool HasLeaders(IAdminClient admin, string topic)
    {
        var found = admin.GetMetadata(topic, TimeSpan.FromSeconds(5)).Topics.FirstOrDefault(candidate => candidate.Topic == topic);
        return found is { Error.IsError: false, Partitions.Count: > 0 } && found.Partitions.All(partition => partition.Leader >= 0);
    }
}
