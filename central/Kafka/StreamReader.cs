using Confluent.Kafka;
using Penstock.Central.Historian;

namespace Penstock.Central.Kafka;

/// <summary>
/// One client's life: consumes on a thread of its own, hands batches over, holds back when the historian is slower.
/// Invariants: reading begins where the historian's last commit ended, never where the consumer group thinks it is; the
/// group's offsets are stored after the commit and only tell others the lag.
/// Failure: a partition that is taken away while its messages wait here or are being committed does no harm. The next
/// owner begins at the historian's position and reads them again; the ledger then calls one of the two copies a duplicate,
/// and a position never goes back. So nothing is thrown away at a revocation, and no other centre waits for this one.
/// </summary>
internal sealed class StreamReader(
    KafkaOptions options, string? member, StreamMap map, IHistorian historian, Handover handover, KafkaStatus status, KafkaMetrics metrics, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    private readonly StreamDecoder _decoder = new(options.Topics);
    private readonly BatchBuilder _batch = new(map, clock);
    private readonly Dictionary<TopicPartition, long> _expected = [];
    private CancellationToken _stop;
    private volatile IConsumer<Ignore, object?>? _consumer;
    private TopicPartition? _last;
    private long _looked;

    /// <summary>Returns when it is told to stop.</summary>
    /// <exception cref="KafkaException">The client cannot go on; a new one may.</exception>
    public void Run(CancellationToken stop)
    {
        _stop = stop;
        using var consumer = Build();
        _consumer = consumer;
        try
        {
            consumer.Subscribe(options.Consumed);
            while (!stop.IsCancellationRequested)
            {
                Take(consumer, _batch.IsEmpty ? LongestPoll : _batch.IsDue ? ShortestPoll : BatchBuilder.MaxAge / 4);
                // While the one before it is being committed, a batch may as well grow: the busier, the fewer commits.
                if (_batch.IsFull || (_batch.IsDue && handover.IsFree))
                    HandOver(consumer);
                Look(consumer);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        finally
        {
            _consumer = null;
            status.Partitions = [];
            consumer.Close();
        }
    }

    /// <summary>Tells the group how far the historian is; the client sends it on in the background.</summary>
    public void Committed(Batch batch)
    {
        foreach (var offset in batch.Offsets)
        {
            try
            {
                _consumer?.StoreOffset(offset);
            }
            catch (Exception e) when (e is KafkaException or ObjectDisposedException)
            {
                // Not this centre's partition any more; its new owner tells.
            }
        }
    }

    private IConsumer<Ignore, object?> Build() =>
        new ConsumerBuilder<Ignore, object?>(KafkaClients.Consumer(options, member))
            .SetKeyDeserializer(Deserializers.Ignore)
            .SetValueDeserializer(_decoder)
            .SetErrorHandler((_, e) => OnError(e))
            .SetLogHandler(static (_, _) => { })
            .SetPartitionsAssignedHandler((_, partitions) => Assigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Revoked(partitions))
            .SetPartitionsLostHandler((_, partitions) => Revoked(partitions))
            .Build();

    private void Take(IConsumer<Ignore, object?> consumer, TimeSpan wait)
    {
        try
        {
            if (consumer.Consume(wait) is { } message)
                Take(message);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            log.ConsumeFailed(e.Error.Reason);
        }
    }

    private void Take(ConsumeResult<Ignore, object?> message)
    {
        var partition = PartitionOf(message);
        var offset = message.Offset.Value;
        if (_expected.TryGetValue(partition, out var expected) && offset > expected)
            Missing(partition, expected, offset);
        _expected[partition] = offset + 1;
        _batch.Add(partition, offset, message.Message.Value, _decoder.LastBytes);
        metrics.Received(_decoder.LastBytes);
    }

    // Messages come in runs of one partition; the client makes a new name for each.
    private TopicPartition PartitionOf(ConsumeResult<Ignore, object?> message) =>
        _last is { } last && last.Partition == message.Partition && last.Topic == message.Topic ? last : _last = message.TopicPartition;

    // In a compacted topic holes are the rule; in the others a hole is what retention took before it was read.
    private void Missing(TopicPartition partition, long expected, long offset)
    {
        if (partition.Topic != options.Topics.Readings && partition.Topic != options.Topics.Events)
            return;
        metrics.Missing(offset - expected);
        log.OffsetsMissing(partition.Topic, partition.Partition.Value, expected, offset - 1);
    }

    // Paused only when the historian is really slow: a pause throws away what was fetched ahead. While paused the client
    // is still polled, else the group would think this centre dead.
    private void HandOver(IConsumer<Ignore, object?> consumer)
    {
        var batch = _batch.Build();
        if (handover.TryPut(batch, Patience, _stop))
            return;
        consumer.Pause(consumer.Assignment);
        while (!handover.TryPut(batch, TimeSpan.Zero, _stop))
        {
            Take(consumer, LongestPoll);
            Look(consumer);
        }

        consumer.Resume(consumer.Assignment);
    }

    // Called by the client on the thread of Run, inside of Consume.
    private List<TopicPartitionOffset> Assigned(List<TopicPartition> partitions)
    {
        metrics.Rebalanced();
        var positions = ReadPositions().ToDictionary(p => (p.TopicId, p.Partition), p => p.Offset);
        List<TopicPartitionOffset> begin = [];
        foreach (var partition in partitions)
        {
            var known = positions.TryGetValue((map.IdOf(partition.Topic), partition.Partition.Value), out var next);
            _expected.Remove(partition);
            if (known)
                _expected[partition] = next;
            begin.Add(new(partition, known ? new Offset(next) : Offset.Beginning));
        }

        if (partitions.Count > 0)
            log.PartitionsAssigned(partitions.Count, string.Join(", ", begin.Select(Place)));
        return begin;
    }

    private static string Place(TopicPartitionOffset place) =>
        place.Offset.IsSpecial ? $"{place.Topic}/{place.Partition.Value}" : $"{place.Topic}/{place.Partition.Value} from {place.Offset.Value}";

    private void Revoked(List<TopicPartitionOffset> partitions)
    {
        metrics.Rebalanced();
        if (partitions.Count > 0)
            log.PartitionsRevoked(partitions.Count, string.Join(", ", partitions.Select(Place)));
    }

    // The client wants the answer before it returns, so this thread waits; it is no thread of the pool.
    private IReadOnlyList<StreamPosition> ReadPositions()
    {
        while (true)
        {
            try
            {
                var positions = historian.ReadPositionsAsync(map.Cluster, _stop).AsTask().GetAwaiter().GetResult();
                if (status.HistorianRecovered())
                    log.StreamGoesOn();
                return positions;
            }
            catch (HistorianException e)
            {
                if (status.HistorianFailed(e.Message))
                    log.StreamWaitsForHistorian(e.Message);
                _stop.WaitHandle.WaitOne(RetryPause);
                _stop.ThrowIfCancellationRequested();
            }
        }
    }

    private void Look(IConsumer<Ignore, object?> consumer)
    {
        if (clock.GetElapsedTime(_looked) < LookInterval)
            return;
        _looked = clock.GetTimestamp();
        status.Partitions = [.. consumer.Assignment.Select(p => State(consumer, p)).OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition)];
    }

    // The client knows no position of a partition it took nothing from yet.
    private PartitionState State(IConsumer<Ignore, object?> consumer, TopicPartition partition)
    {
        var marks = consumer.GetWatermarkOffsets(partition);
        var position = _expected.TryGetValue(partition, out var next) ? next : Known(marks.Low);
        return new(partition.Topic, partition.Partition.Value, position, Known(marks.High));
    }

    private static long? Known(Offset offset) => offset.IsSpecial ? null : offset.Value;

    private void OnError(Error error)
    {
        if (error.Code == ErrorCode.Local_AllBrokersDown && status.BrokerFailed($"no broker of {options.Brokers} answers"))
            log.BrokerTrouble($"no broker of {options.Brokers} answers");
    }
}
