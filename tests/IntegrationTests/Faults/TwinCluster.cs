using Confluent.Kafka;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>What a strike kills, and what brings it back.</summary>
/// <param name="Rest">Where nothing of a kind was left, the second part comes back after the first.</param>
internal sealed record Strike(string What, Func<Task> Kill, Func<Task> Back, Func<Task>? Rest = null);

/// <summary>Two centres, three brokers, two PostgreSQL servers.</summary>
internal sealed class TwinCluster : IAsyncDisposable
{
    private const int Nodes = 3;

    // As deploy/kafka/README.md advises.
    private static readonly string[] Settings = ["broker.session.timeout.ms=4000", "broker.heartbeat.interval.ms=1000"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Centre[] _centres = new Centre[2];
    private readonly TempFolder _folder;
    private readonly List<string> _logs = [];

    private TwinCluster(TempFolder folder, KafkaServer kafka, PostgresPair database) => (_folder, Kafka, Database) = (folder, kafka, database);

    public KafkaServer Kafka { get; }

    public PostgresPair Database { get; }

    public string[] Pages => [.. _centres.Select(centre => centre.Address)];

    /// <summary>What the centres and the keeper of the pair told.</summary>
    public string Log => string.Join('\n', [.. _logs, .. _centres.Select((centre, i) => Told(i, centre)), "pair:\n" + Database.Log]);

    public static async Task<TwinCluster> Start(TempFolder folder)
    {
        var (kafka, database) = (KafkaServer.Start(Nodes, Settings), PostgresPair.Start());
        await Task.WhenAll(kafka, database);
        var cluster = new TwinCluster(folder, await kafka, await database);
        var applied = await RunningProgram.Run(Repository.Central, "topics", "apply", "--kafka", cluster.Kafka.Bootstrap);
        Assert.True(applied.ExitCode == 0, applied.Output);
        await Task.WhenAll(cluster.StartCentre(0), cluster.StartCentre(1));
        return cluster;
    }

    /// <summary>One part of two or three: the others go on.</summary>
    public IReadOnlyList<Strike> OnePart(Random random)
    {
        var (centre, broker) = (random.Next(2), random.Next(Nodes) + 1);
        return
        [
            new("centre", () => KillCentre(centre), () => StartCentre(centre)),
            new("broker", () => Kafka.Kill(broker), () => Kafka.Restart(broker)),
            new("PostgreSQL primary", () => Now(Database.KillPrimary), () => Task.CompletedTask),
            new("PostgreSQL standby", () => Now(Database.KillStandby), () => Task.CompletedTask),
        ];
    }

    /// <summary>So many that nothing can go on until one is back.</summary>
    public IReadOnlyList<Strike> AllParts(Random random)
    {
        var (centre, broker) = (random.Next(2), random.Next(Nodes));
        var (one, other) = (broker + 1, ((broker + 1) % Nodes) + 1);
        return
        [
            new("both centres", () => Task.WhenAll(KillCentre(0), KillCentre(1)), () => StartCentre(centre), () => StartCentre(1 - centre)),
            new("two brokers of three", () => Task.WhenAll(Kafka.Kill(one), Kafka.Kill(other)), () => Kafka.Restart(one), () => Kafka.Restart(other)),
            new("both PostgreSQL servers", () => Now(Database.KillBoth), Database.WhenWritable, () => Task.CompletedTask),
        ];
    }

    /// <summary>Everything is there again: commits on both servers, messages on three brokers.</summary>
    public async Task WhenWhole()
    {
        await Database.WhenSynchronous();
        using var admin = Kafka.Admin();
        await Until.True("all replicas are in sync", () => IsInSync(admin), Patience);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var centre in _centres.Where(centre => centre is not null))
            await centre.DisposeAsync();
        await Kafka.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static bool IsInSync(IAdminClient admin)
    {
        try
        {
            var found = admin.GetMetadata(TimeSpan.FromSeconds(5));
            return found.Brokers.Count == Nodes && found.Topics.SelectMany(topic => topic.Partitions).All(partition => partition.InSyncReplicas.Length == Nodes);
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    private static Task Now(Action kill)
    {
        kill();
        return Task.CompletedTask;
    }

    private static string Told(int number, Centre centre) => $"centre {number + 1}:\n{centre.Program.Output}";

    private async Task KillCentre(int number)
    {
        await _centres[number].Program.Kill();
        lock (_logs)
            _logs.Add(Told(number, _centres[number]));
    }

    /// <summary>Where it was before, so that those who look at it find it again.</summary>
    private async Task StartCentre(int number)
    {
        var port = _centres[number]?.Port ?? 0;
        if (_centres[number] is { } killed)
            await killed.DisposeAsync();
        _centres[number] = await Centre.Start(_folder[$"centre-{number}"], port, ["--kafka", Kafka.Bootstrap, .. Database.Historian]);
    }
}
