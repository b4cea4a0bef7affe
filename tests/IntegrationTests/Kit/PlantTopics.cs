using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Penstock.IntegrationTests.Kit;

/// <summary>The topics of one test on a Kafka it may share: names of its own, and what a foreign producer or consumer does with them.</summary>
internal sealed class PlantTopics : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _prefix = $"t{Guid.NewGuid():n}"[..9];
    private readonly IProducer<string, byte[]?> _producer;
    private readonly string _brokers;

    private PlantTopics(string brokers, TempFolder folder)
    {
        _brokers = brokers;
        _producer = new ProducerBuilder<string, byte[]?>(new ProducerConfig { BootstrapServers = brokers, EnableIdempotence = true, LingerMs = 5, MessageTimeoutMs = 60_000 })
            .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        string[] kinds = ["readings", "events", "tags", "agents", "confirmed", "results", "dead-letters"];
        ConfigFile = folder.Write($"{_prefix}.properties", string.Join('\n', kinds.Select(kind => $"topic.{kind} = {this[kind]}")) + $"\ngroup.id = {_prefix}\n");
    }

    public string ConfigFile { get; }

    public string Group => _prefix;

    /// <summary>What the centre is started with beside its folder.</summary>
    public IReadOnlyList<string> Arguments => ["--kafka", _brokers, "--kafka-config", ConfigFile];

    /// <summary>The name of a kind of topic here: <c>readings</c>, <c>dead-letters</c>, …</summary>
    public string this[string kind] => $"{_prefix}.{kind}";

    public static async Task<PlantTopics> Make(KafkaServer server, TempFolder folder)
    {
        var topics = new PlantTopics(server.Bootstrap, folder);
        var applied = await topics.Command("apply");
        return applied.ExitCode == 0 ? topics : throw new InvalidOperationException(applied.Output);
    }

    /// <summary>Only the names: no topic is made.</summary>
    public static PlantTopics Named(KafkaServer server, TempFolder folder) => new(server.Bootstrap, folder);

    public Task<Ended> Command(string name, params string[] more) => RunningProgram.Run(Repository.Central, ["topics", name, .. Arguments, .. more]);

    /// <summary>One reading as an agent writes it, a moment ago.</summary>
    public static byte[] Reading(long seq, string agent = "a1", string tag = "t1") => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"v":1,"site":"north","device":"meter","tag":"{{tag}}","kind":"plc","ts":"{{TimeProvider.System.GetUtcNow().AddMilliseconds(seq % 1000).AddSeconds(-5):yyyy-MM-ddTHH:mm:ss.ffffffZ}}","value":{{seq}},"unit":"V","q":"good","agent":"{{agent}}","epoch":"e1","seq":{{seq}}}"""));

    /// <summary>Returns when the brokers have acknowledged all of them.</summary>
    public async Task Send(string kind, string key, params IEnumerable<byte[]?> values) =>
        await Task.WhenAll(values.Select(value => _producer.ProduceAsync(this[kind], new() { Key = key, Value = value })).ToList());

    /// <summary>Everything in a topic once the condition holds.</summary>
    public async Task<IReadOnlyList<ConsumeResult<string, byte[]?>>> Read(string kind, string reason, Func<IReadOnlyList<ConsumeResult<string, byte[]?>>, bool> enough)
    {
        using var consumer = new ConsumerBuilder<string, byte[]?>(new ConsumerConfig { BootstrapServers = _brokers, GroupId = _prefix + "-reader", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        consumer.Assign([.. Enumerable.Range(0, Partitions(kind)).Select(p => new TopicPartitionOffset(this[kind], p, Offset.Beginning))]);
        List<ConsumeResult<string, byte[]?>> read = [];
        await Until.True(
            reason,
            () =>
            {
                while (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } message)
                    read.Add(message);
                return enough(read);
            },
            Patience);
        return read;
    }

    /// <summary>The name (<c>group.instance.id</c>) of the group's only member.</summary>
    public async Task<string> MemberName()
    {
        using var admin = Admin();
        return (await admin.DescribeConsumerGroupsAsync([Group])).ConsumerGroupDescriptions[0].Members.Single().GroupInstanceId;
    }

    /// <summary>A foreign consumer that joins the group under a name.</summary>
    public IConsumer<Ignore, Ignore> JoinAs(string member)
    {
        var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
        {
            BootstrapServers = _brokers,
            GroupId = Group,
            GroupInstanceId = member,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            SessionTimeoutMs = 6000,
        }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        consumer.Subscribe(this["readings"]);
        return consumer;
    }

    public async Task Delete(string kind)
    {
        using var admin = Admin();
        await admin.DeleteTopicsAsync([this[kind]]);
        await Until.True($"{kind} is gone", () => Partitions(kind) == 0, Patience);
    }

    public async Task Set(string kind, string setting, string value)
    {
        using var admin = Admin();
        await admin.IncrementalAlterConfigsAsync(new()
        {
            [new() { Type = ResourceType.Topic, Name = this[kind] }] = [new() { Name = setting, Value = value, IncrementalOperation = AlterConfigOpType.Set }],
        });
    }

    public void Dispose() => _producer.Dispose();

    private int Partitions(string kind)
    {
        using var admin = Admin();
        // Asked by its name, the broker would make a missing topic.
        return admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.FirstOrDefault(t => t.Topic == this[kind] && !t.Error.IsError)?.Partitions.Count ?? 0;
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _brokers }).SetLogHandler(static (_, _) => { }).Build();
}
