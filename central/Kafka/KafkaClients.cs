using Confluent.Kafka;
using Penstock.Central.Commands;

namespace Penstock.Central.Kafka;

/// <summary>
/// The settings of the clients, each on purpose; <c>deploy/kafka/README.md</c> says why. Memory of the reading side:
/// at most 32 MiB fetched ahead, one answer of 16 MiB, and two batches (<see cref="BatchBuilder"/>).
/// </summary>
internal static class KafkaClients
{
    private const int MaxFetchBytes = 16 << 20;

    /// <param name="member">A name that the centre keeps over restarts (a static member of the group, KIP-345); null: without one.</param>
    public static ConsumerConfig Consumer(KafkaOptions options, string? member) => With(options, new ConsumerConfig
    {
        GroupId = options.Group,
        GroupInstanceId = member,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        // Offsets go to the group only as a sign of life: stored after the commit by StreamReader, sent on in the background.
        EnableAutoCommit = true,
        AutoCommitIntervalMs = 1000,
        EnableAutoOffsetStore = false,
        AllowAutoCreateTopics = false,
        ConsumeResultFields = "topic",
        QueuedMaxMessagesKbytes = 32 << 10,
        FetchMaxBytes = MaxFetchBytes,
        MaxPartitionFetchBytes = 4 << 20,
        ReceiveMessageMaxBytes = MaxFetchBytes + (1 << 20),
        FetchWaitMaxMs = 100,
        FetchErrorBackoffMs = 200,
        SessionTimeoutMs = 8000,
        HeartbeatIntervalMs = 2000,
        MaxPollIntervalMs = 300_000,
        TopicMetadataRefreshIntervalMs = 10_000,
    });

    public static ProducerConfig Producer(KafkaOptions options) => With(options, new ProducerConfig
    {
        EnableIdempotence = true,
        Acks = Acks.All,
        Partitioner = Partitioner.Murmur2Random,
        CompressionType = CompressionType.Lz4,
        LingerMs = 5,
        QueueBufferingMaxKbytes = 16 << 10,
        QueueBufferingMaxMessages = 20_000,
        MessageTimeoutMs = 30_000,
    });

    public static AdminClientConfig Admin(KafkaOptions options) => With(options, new AdminClientConfig { SocketTimeoutMs = 10_000 });

    /// <exception cref="StartException">The client does not take a setting of the configuration file.</exception>
    public static IAdminClient BuildAdmin(KafkaOptions options, Action<Error>? onError = null)
    {
        try
        {
            return new AdminClientBuilder(Admin(options)).SetErrorHandler((_, e) => onError?.Invoke(e)).SetLogHandler(static (_, _) => { }).Build();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw new StartException($"the Kafka client refuses its settings: {e.Message}; correct the file of --kafka-config", ExitCode.WrongUsage, e);
        }
    }

    private static T With<T>(KafkaOptions options, T config)
        where T : ClientConfig
    {
        config.BootstrapServers = options.Brokers;
        config.ClientId = "penstock-central";
        config.ReconnectBackoffMs = 100;
        config.ReconnectBackoffMaxMs = 2000;
        config.SocketKeepaliveEnable = true;
        config.SocketConnectionSetupTimeoutMs = 10_000;
        foreach (var (key, value) in options.Client)
            config.Set(key, value);
        return config;
    }
}
