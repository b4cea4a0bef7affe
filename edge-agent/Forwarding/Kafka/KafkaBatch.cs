using Confluent.Kafka;

namespace Penstock.EdgeAgent.Forwarding.Kafka;

/// <summary>
/// The records of one request on their way. Handlers run on the client's threads, also at the same time, so the count is atomic
/// and the failures lie under a lock.
/// </summary>
internal sealed class KafkaBatch(Action<int> delivered)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<KafkaFailure> _failures = [];

    // The filling holds one, so that the batch is not done while it grows.
    private int _open = 1;

    /// <summary>Records handed over so far.</summary>
    public int Sent { get; private set; }

    /// <summary>Completes when every record has its answer; then nobody writes here any more.</summary>
    public IReadOnlyList<KafkaFailure> Failures => _failures;

    /// <exception cref="KafkaException">It cannot be queued; it is not counted then.</exception>
    public void Produce(IKafkaProducer producer, string topic, Message<byte[], byte[]> message)
    {
        Interlocked.Increment(ref _open);
        try
        {
            producer.Produce(topic, message, Answered);
            Sent++;
        }
        catch (KafkaException)
        {
            Interlocked.Decrement(ref _open);
            throw;
        }
    }

    /// <summary>Says that no more will come. Completes when every record has its answer.</summary>
    public Task WhenAnswered()
    {
        Close();
        return _done.Task;
    }

    private void Answered(DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.IsError)
        {
            lock (_failures)
                _failures.Add(new(report.Topic, report.Message.Key, report.Message.Value, report.Error));
        }

        Close();
    }

    private void Close()
    {
        if (Interlocked.Decrement(ref _open) != 0)
            return;
        if (Sent > _failures.Count)
            delivered(Sent - _failures.Count);
        _done.SetResult();
    }
}

/// <summary>A record that came back.</summary>
internal sealed record KafkaFailure(string Topic, byte[] Key, byte[] Value, Error Error);
