using Confluent.Kafka;
using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Site;
using Timestamp = Penstock.Contracts.Timestamp;

namespace Penstock.EdgeAgent.Forwarding.Kafka;

/// <summary>
/// Groups to Kafka, one message a record. A call returns when every in-sync replica has every record, except those the
/// broker refuses for good: each of these failed alone, and goes to the dead letters where they take it. Calls may overlap:
/// both lanes share one client. A client that broke for good is replaced by the next call.
/// </summary>
internal sealed class KafkaPublisher(
    ForwardOptions options, KafkaFaults faults, Func<IKafkaEvents, IKafkaProducer> create, TimeProvider clock, ILogger log) : IPublisher
{
    /// <summary>A record with more bytes is refused without asking the broker; below the client's own limit of 1,000,000.</summary>
    public const int MostBytes = 900_000;

    /// <summary>Fewer copies than this are not yet a record on a disk.</summary>
    public const int EnoughReplicas = 3;

    private static readonly TimeSpan AnnounceWithin = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan QueueFullPause = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task> _told = [];
    private readonly List<Task> _endings = [];
    private Task<KafkaClient>? _making;
    private volatile KafkaClient? _client;
    private KafkaStatistics _earlier = new();
    private long _rebuilt;
    private int? _replicas;

    public string To => $"kafka {options.Address}";

    public string Durability => Durabilities.Broker;

    public PublisherAccount Account
    {
        get
        {
            var now = (_client?.Statistics ?? new()).After(_earlier);
            return new PublisherAccount
            {
                Counters = new Dictionary<string, long>
                {
                    ["kafka_records_sent_total"] = now.Records,
                    ["kafka_sent_bytes_total"] = now.Bytes,
                    ["kafka_retries_total"] = now.Retries,
                    ["kafka_request_timeouts_total"] = now.Timeouts,
                    ["kafka_clients_rebuilt_total"] = Interlocked.Read(ref _rebuilt),
                },
                Gauges = new Dictionary<string, double>
                {
                    ["kafka_queue_records"] = now.QueuedRecords,
                    ["kafka_queue_bytes"] = now.QueuedBytes,
                    ["kafka_round_trip_seconds"] = now.RoundTripSeconds ?? 0,
                },
                Replicas = _replicas,
            };
        }
    }

    public async Task<PublishVerdict> PublishAsync(IReadOnlyList<OutboxGroup> groups, CancellationToken token)
    {
        var client = await ClientAsync();
        List<RefusedRecord> refused = [];
        var batch = new KafkaBatch(_ => client.Delivered());
        var address = new RecordAddress(options.Topics);
        var now = Timestamp.Now(clock);
        foreach (var group in groups)
        {
            var seq = group.FirstSeq;
            foreach (var line in RecordLines.Each(group, now))
            {
                if (!address.TryRead(line, out var topic, out var key))
                    refused.Add(new(group.Epoch, seq, "it is no record: it names no site and device"));
                else if (line.Length > MostBytes)
                    refused.Add(new(group.Epoch, seq, faults.Refusal(new Error(ErrorCode.MsgSizeTooLarge), topic, line.Length)));
                else
                    await ProduceAsync(client, batch, topic, new() { Key = key, Value = line }, token);
                seq++;
            }
        }

        await batch.WhenAnswered().WaitAsync(token);
        foreach (var failure in await ForGoodAsync(client, batch, token))
            refused.Add(await RefuseAsync(client, failure, token));
        await LookAtReplicasAsync(client);
        return refused.Count == 0 ? PublishVerdict.AllKept : new PublishVerdict(refused);
    }

    public Task PublishAsync(IReadOnlyList<TagInfo> tags, CancellationToken token) =>
        TellAsync(options.Topics.Tags, tags.Select(KafkaAnnouncement.Of), token);

    public Task PublishAsync(Heartbeat heartbeat, CancellationToken token) =>
        TellAsync(options.Topics.Agents, [KafkaAnnouncement.Of(heartbeat)], token);

    public async ValueTask DisposeAsync()
    {
        if (_making is { } making)
            await making.ContinueWith(_ => { }, TaskScheduler.Default); // one that is just being made ends too
        if (_client is { } client)
            await Apart(client.Dispose);
        _client = null;
        await Task.WhenAll(_endings);
    }

    /// <summary>Calls of the client that load a library or wait for a broker; a thread of the pool would be missed by the devices.</summary>
    private static Task Apart(Action call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The client, made anew after one that broke for good.</summary>
    private Task<KafkaClient> ClientAsync()
    {
        lock (_lock)
        {
            if (_client is { Fatal: { } fatal } broken)
            {
                log.KafkaClientRebuilt(To, fatal.Reason);
                _earlier = broken.Statistics.After(_earlier);
                Interlocked.Increment(ref _rebuilt);
                _endings.RemoveAll(ending => ending.IsCompleted);
                _endings.Add(Apart(broken.Dispose));
                (_client, _making) = (null, null);
            }

            if (_making is null or { IsFaulted: true })
                _making = Task.Factory.StartNew(Make, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return _making;
        }
    }

    private KafkaClient Make()
    {
        try
        {
            return _client = new KafkaClient(create, To, log);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KafkaException or DllNotFoundException)
        {
            throw new LinkException(faults.NotMade(e), e);
        }
    }

    /// <summary>A full queue is back-pressure: it empties by itself, into deliveries or into time-outs.</summary>
    private async ValueTask ProduceAsync(KafkaClient client, KafkaBatch batch, string topic, Message<byte[], byte[]> message, CancellationToken token)
    {
        while (true)
        {
            try
            {
                batch.Produce(client.Producer, topic, message);
                return;
            }
            catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                await Task.Delay(QueueFullPause, clock, token);
            }
            catch (KafkaException e)
            {
                if (e.Error.IsFatal || e.Error.Code == ErrorCode.Local_Fatal)
                    client.Failed(new Error(e.Error.Code, e.Error.Reason, isFatal: true));
                throw Fault(client, e.Error, topic);
            }
        }
    }

    /// <summary>
    /// The records that failed through their own fault. The broker judges a batch, so what failed together is tried again in
    /// halves until each stands alone. Any other failure breaks the request off.
    /// </summary>
    private async Task<IReadOnlyList<KafkaFailure>> ForGoodAsync(KafkaClient client, KafkaBatch batch, CancellationToken token)
    {
        var failures = batch.Failures;
        if (failures.FirstOrDefault(failure => !KafkaFaults.IsOfTheRecord(failure.Error.Code)) is { } link)
            throw Fault(client, link.Error, link.Topic);
        if (failures.Count == 0 || batch.Sent == 1)
            return failures;
        List<KafkaFailure> alone = [];
        foreach (var part in failures.Chunk((failures.Count + 1) / 2))
        {
            var again = new KafkaBatch(_ => client.Delivered());
            foreach (var failure in part)
                await ProduceAsync(client, again, failure.Topic, new() { Key = failure.Key, Value = failure.Value }, token);
            await again.WhenAnswered().WaitAsync(token);
            alone.AddRange(await ForGoodAsync(client, again, token));
        }

        return alone;
    }

    /// <summary>Into the dead letters if they take it; the quarantine of this agent keeps it in any case.</summary>
    private async Task<RefusedRecord> RefuseAsync(KafkaClient client, KafkaFailure failure, CancellationToken token)
    {
        var (epoch, seq) = RecordAddress.NumberOf(failure.Value);
        var reason = faults.Refusal(failure.Error, failure.Topic, failure.Value.Length);
        try
        {
            var batch = new KafkaBatch(_ => { });
            batch.Produce(client.Producer, options.Topics.DeadLetters, KafkaAnnouncement.DeadLetter(failure, reason));
            await batch.WhenAnswered().WaitAsync(AnnounceWithin, clock, token);
            if (batch.Failures is [var back])
                log.NoDeadLetter(options.Topics.DeadLetters, To, back.Error.Reason);
        }
        catch (Exception e) when (e is KafkaException or TimeoutException)
        {
            log.NoDeadLetter(options.Topics.DeadLetters, To, e.Message);
        }

        return new RefusedRecord(epoch, seq, reason);
    }

    /// <summary>What an earlier call left on its way is waited for first, so nothing piles up while nobody answers.</summary>
    private async Task TellAsync(string topic, IEnumerable<Message<byte[], byte[]>> messages, CancellationToken token)
    {
        var client = await ClientAsync();
        try
        {
            if (_told.TryGetValue(topic, out var earlier))
                await earlier.WaitAsync(AnnounceWithin, clock, token);
            var batch = new KafkaBatch(_ => client.Delivered());
            foreach (var message in messages)
                await ProduceAsync(client, batch, topic, message, token);
            var answered = _told[topic] = batch.WhenAnswered();
            await answered.WaitAsync(AnnounceWithin, clock, token);
            if (batch.Failures.Count > 0)
                throw Fault(client, batch.Failures[0].Error, topic);
        }
        catch (TimeoutException)
        {
            throw Fault(client, new Error(ErrorCode.Local_TimedOut), topic);
        }
    }

    /// <summary>A time-out says little; the trouble behind it says more.</summary>
    private LinkException Fault(KafkaClient client, Error error, string topic)
    {
        if (error.IsFatal || error.Code == ErrorCode.Local_Fatal)
            client.Failed(new Error(error.Code, error.Reason, isFatal: true));
        var timedOut = error.Code is ErrorCode.Local_MsgTimedOut or ErrorCode.Local_TimedOut or ErrorCode.Local_PurgeQueue;
        return new LinkException(faults.Explain(timedOut && client.Trouble is { } trouble ? trouble : error, topic));
    }

    private async Task LookAtReplicasAsync(KafkaClient client)
    {
        if (_replicas is not null)
            return;
        await Apart(() => _replicas = client.Producer.ReplicasOf(options.Topics.Readings) ?? 0);
        if (_replicas is > 0 and < EnoughReplicas)
            log.FewReplicas(options.Topics.Readings, _replicas.Value);
    }
}
