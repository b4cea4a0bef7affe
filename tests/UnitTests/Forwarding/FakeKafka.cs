using Confluent.Kafka;
using Penstock.EdgeAgent.Forwarding.Kafka;

namespace Penstock.UnitTests.Forwarding;

/// <summary>A producer without a broker: keeps what it is given and answers what the test says.</summary>
internal sealed class FakeKafka : IKafkaProducer
{
    private readonly Lock _lock = new();

    /// <summary>The records of all requests, in order.</summary>
    public List<(string Topic, Message<byte[], byte[]> Message)> Sent { get; } = [];

    /// <summary>The broker's answer to a record; null = taken.</summary>
    public Func<Message<byte[], byte[]>, ErrorCode?> Answer { get; set; } = _ => null;

    /// <summary>What queueing a record throws; null = queued.</summary>
    public Func<ErrorCode?> Queue { get; set; } = () => null;

    /// <summary>False: the answers do not come.</summary>
    public bool Answers { get; set; } = true;

    public int Replicas { get; set; } = 3;

    public bool Disposed { get; private set; }

    public void Produce(string topic, Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>> handler)
    {
        if (Queue() is { } full)
            throw new ProduceException<byte[], byte[]>(new Error(full), new DeliveryResult<byte[], byte[]>());
        lock (_lock)
            Sent.Add((topic, message));
        if (!Answers)
            return;
        var error = Answer(message) is { } code ? new Error(code) : new Error(ErrorCode.NoError);
        var report = new DeliveryReport<byte[], byte[]> { Topic = topic, Message = message, Error = error };
        _ = Task.Run(() => handler(report));
    }

    public int? ReplicasOf(string topic) => Replicas;

    public void Dispose() => Disposed = true;
}
