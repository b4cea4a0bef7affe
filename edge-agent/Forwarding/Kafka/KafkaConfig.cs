using Confluent.Kafka;
using Penstock.EdgeAgent.Site;

namespace Penstock.EdgeAgent.Forwarding.Kafka;

/// <summary>
/// The settings of the Kafka client, with the reason for each that is not its default. The outbox decides what happens to a
/// record that cannot be delivered, so every wait here is short: it ends in an answer, never in a loss.
/// </summary>
internal static class KafkaConfig
{
    /// <summary>
    /// From queueing a record to the verdict "not delivered" (<c>message.timeout.ms</c>): a dead far end is noticed in that time,
    /// and a broker that comes back within it costs no second sending. Then the group goes back to the outbox.
    /// </summary>
    public static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The broker's time for <c>acks=all</c> (<c>request.timeout.ms</c>): enough for a follower that lags behind, short enough
    /// for two more attempts within the delivery timeout.
    /// </summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A connection without an answer for so long is given up (<c>socket.timeout.ms</c>). More than the broker's own time for a
    /// request, so that a slow answer is not taken for a dead peer. No consumer group is used, so there is no session to time out.
    /// </summary>
    private static readonly TimeSpan SocketTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Connecting, with TLS and log-in (<c>socket.connection.setup.timeout.ms</c>).</summary>
    private static readonly TimeSpan SetupTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Longest pause between attempts to connect (<c>reconnect.backoff.max.ms</c>): records flow within seconds after a broker is back.</summary>
    private static readonly TimeSpan LongestReconnect = TimeSpan.FromSeconds(2);

    /// <summary>How long a topic may be unknown before its records fail (<c>topic.metadata.propagation.max.ms</c>): time for a new topic to become known.</summary>
    private static readonly TimeSpan TopicUnknown = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A record waits so long for others to travel with (<c>linger.ms</c>). With 5 ms, records of a backlog came in fifty a batch,
    /// and brokers work per batch, not per record. Live data stays live.
    /// </summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(25);

    private static readonly TimeSpan Statistics = TimeSpan.FromSeconds(10);

    /// <summary>Most records in the client's memory; a lane has one request under way, so it is never filled in practice.</summary>
    private const int QueueRecords = 100_000;

    private const int QueueKilobytes = 64 << 10;

    /// <exception cref="LinkException">A secret cannot be read.</exception>
    public static ProducerConfig Producer(ForwardOptions options, string agent, Func<string, string?> secret) =>
        Common(new ProducerConfig
        {
            Acks = Acks.All,
            // No duplicates and no changed order when the client itself tries again; it allows five requests on the way.
            EnableIdempotence = true,
            MaxInFlight = 5,
            CompressionType = options.Compression switch { Compression.None => CompressionType.None, Compression.Lz4 => CompressionType.Lz4, _ => CompressionType.Zstd },
            // As the Java clients place a key, so that all producers of a key meet in one partition.
            Partitioner = Partitioner.Murmur2Random,
            LingerMs = Linger.TotalMilliseconds,
            QueueBufferingMaxMessages = QueueRecords,
            QueueBufferingMaxKbytes = QueueKilobytes,
            MessageTimeoutMs = Milliseconds(DeliveryTimeout),
            RequestTimeoutMs = Milliseconds(RequestTimeout),
            TopicMetadataPropagationMaxMs = Milliseconds(TopicUnknown),
            StatisticsIntervalMs = Milliseconds(Statistics),
            // A report names the record; timestamps and headers would only be copied.
            DeliveryReportFields = "key,value,status",
        }, options, agent, secret);

    /// <exception cref="LinkException">A secret cannot be read.</exception>
    public static ConsumerConfig Consumer(ForwardOptions options, string agent, Func<string, string?> secret) =>
        Common(new ConsumerConfig
        {
            // The client asks for a name; partitions are assigned by hand, so no group with it ever exists.
            GroupId = $"penstock-{agent}",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Latest,
            AllowAutoCreateTopics = false,
            // Confirmations are few and small.
            QueuedMaxMessagesKbytes = 1024,
            FetchMaxBytes = 1 << 20,
            MaxPartitionFetchBytes = 256 << 10,
        }, options, agent, secret);

    private static T Common<T>(T config, ForwardOptions options, string agent, Func<string, string?> secret)
        where T : ClientConfig
    {
        config.BootstrapServers = options.Address;
        config.ClientId = $"penstock-{agent}";
        config.SocketTimeoutMs = Milliseconds(SocketTimeout);
        config.SocketConnectionSetupTimeoutMs = Milliseconds(SetupTimeout);
        config.SocketKeepaliveEnable = true;
        config.ReconnectBackoffMaxMs = Milliseconds(LongestReconnect);
        config.LogConnectionClose = false;
        config.EnableMetricsPush = false;
        KafkaSecuritySettings.Apply(config, options.Security, secret);
        return config;
    }

    private static int Milliseconds(TimeSpan time) => (int)time.TotalMilliseconds;
}
