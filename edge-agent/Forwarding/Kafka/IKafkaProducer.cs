using Confluent.Kafka;

namespace Penstock.EdgeAgent.Forwarding.Kafka;

/// <summary>
/// The producer of the Kafka client, as far as the publisher uses it. <see cref="Produce"/> throws
/// <see cref="KafkaException"/> when the record cannot be queued; else the handler is called exactly once, on any thread.
/// </summary>
internal interface IKafkaProducer : IDisposable
{
    void Produce(string topic, Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>> handler);

    /// <summary>Fewest replicas of any partition of the topic; null when it does not exist or nobody answers.</summary>
    int? ReplicasOf(string topic);
}

/// <summary>What the client tells beside the delivery of records; called on any thread.</summary>
internal interface IKafkaEvents
{
    void Failed(Error error);

    /// <param name="json">The client's statistics.</param>
    void Counted(string json);
}
