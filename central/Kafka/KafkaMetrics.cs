using System.Diagnostics.Metrics;

namespace Penstock.Central.Kafka;

/// <summary>What <c>/metrics</c> shows of the stream.</summary>
internal sealed class KafkaMetrics : IDisposable
{
    private readonly Meter _meter = new(CentralMetrics.MeterName);
    private readonly Counter<long> _batches;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _deadLetters;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _confirmations;
    private readonly Counter<long> _unpublished;
    private readonly Counter<long> _rebalances;
    private readonly Counter<long> _restarts;

    public KafkaMetrics(KafkaStatus status)
    {
        _batches = _meter.CreateCounter<long>("kafka_batches");
        _messages = _meter.CreateCounter<long>("kafka_messages");
        _bytes = _meter.CreateCounter<long>("kafka_message_bytes");
        _deadLetters = _meter.CreateCounter<long>("kafka_dead_letters");
        _skipped = _meter.CreateCounter<long>("kafka_offsets_missing");
        _confirmations = _meter.CreateCounter<long>("kafka_confirmations");
        _unpublished = _meter.CreateCounter<long>("kafka_messages_unpublished");
        _rebalances = _meter.CreateCounter<long>("kafka_rebalances");
        _restarts = _meter.CreateCounter<long>("kafka_client_restarts");
        _meter.CreateObservableGauge("kafka_lag_messages", () => status.Partitions.Where(p => p.Lag is not null).Select(p => new Measurement<long>(
            p.Lag!.Value, new("topic", p.Topic), new KeyValuePair<string, object?>("partition", p.Partition))));
        _meter.CreateObservableGauge("kafka_partitions_assigned", () => status.Partitions.Count);
    }

    public void Committed(Batch batch, int refused)
    {
        _batches.Add(1);
        _messages.Add(batch.Origins.Count);
        _deadLetters.Add(refused);
    }

    public void Received(long bytes) => _bytes.Add(bytes);

    /// <summary>Offsets that the broker no longer had when they were to be read.</summary>
    public void Missing(long offsets) => _skipped.Add(offsets);

    public void Confirmed() => _confirmations.Add(1);

    public void NotPublished(string topic) => _unpublished.Add(1, new KeyValuePair<string, object?>("topic", topic));

    public void Rebalanced() => _rebalances.Add(1);

    public void Restarted() => _restarts.Add(1);

    public void Dispose() => _meter.Dispose();
}
