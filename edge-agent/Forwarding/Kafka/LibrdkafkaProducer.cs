using Confluent.Kafka;

namespace Penstock.EdgeAgent.Forwarding.Kafka;

/// <summary>The real producer. Making one loads the native library; nothing before that does.</summary>
internal sealed class LibrdkafkaProducer : IKafkaProducer
{
    private static readonly TimeSpan MetadataWithin = TimeSpan.FromSeconds(5);
    private readonly IProducer<byte[], byte[]> _producer;

    public LibrdkafkaProducer(ProducerConfig config, IKafkaEvents events, ILogger log) =>
        _producer = new ProducerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => events.Failed(error))
            .SetStatisticsHandler((_, json) => events.Counted(json))
            .SetLogHandler((_, line) => log.KafkaSays(line.Facility, line.Message))
            .Build();

    public void Produce(string topic, Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>> handler) =>
        _producer.Produce(topic, message, handler);

    public int? ReplicasOf(string topic)
    {
        try
        {
            using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
            var found = admin.GetMetadata(topic, MetadataWithin).Topics.FirstOrDefault(candidate => candidate.Topic == topic);
            return found is { Error.IsError: false, Partitions.Count: > 0 } ? found.Partitions.Min(partition => partition.Replicas.Length) : null;
        }
        catch (KafkaException)
        {
            return null; // the next delivery tells what is wrong
        }
    }

    public void Dispose() => _producer.Dispose();
}
