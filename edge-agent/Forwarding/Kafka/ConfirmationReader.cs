using Confluent.Kafka;
using Penstock.Contracts;
using Penstock.EdgeAgent.Forwarding.Confirming;
using Penstock.EdgeAgent.Site;

namespace Penstock.EdgeAgent.Forwarding.Kafka;

/// <summary>
/// Confirmations from their topic: every partition from its end on, no consumer group, this agent's only. What is published
/// while nobody reads is not missed: unconfirmed groups are sent again, and the centre confirms duplicates too.
/// </summary>
internal sealed class ConfirmationReader(
    ForwardOptions options, string agent, KafkaFaults faults, Func<ConsumerConfig> config, TimeProvider clock, ILogger log) : IConfirmations
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MetadataWithin = TimeSpan.FromSeconds(10);

    private readonly byte[] _key = System.Text.Encoding.UTF8.GetBytes(agent);
    private volatile string? _trouble;

    public string? Trouble => _trouble;

    private string Topic => options.Topics.Confirmed;

    public async Task RunAsync(Action<Confirmation> heard, CancellationToken token)
    {
        try
        {
            while (true)
            {
                try
                {
                    // The client's consumer blocks its thread, so it has one of its own.
                    await Task.Factory.StartNew(() => Read(heard, token), token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                }
                catch (Exception e) when (!token.IsCancellationRequested)
                {
                    Tell(e is KafkaException kafka ? faults.Explain(kafka.Error, Topic) : e.Message);
                }

                await Task.Delay(Pause, clock, token);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
        }
    }

    private void Read(Action<Confirmation> heard, CancellationToken token)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config())
            .SetErrorHandler((_, error) => log.KafkaError(options.Address ?? "", error.Code.ToString(), error.Reason))
            .SetLogHandler((_, line) => log.KafkaSays(line.Facility, line.Message))
            .Build();
        consumer.Assign(Partitions(consumer.Handle).Select(partition => new TopicPartitionOffset(Topic, partition, Offset.End)));
        _trouble = null;
        while (true)
        {
            var message = consumer.Consume(token).Message;
            if (!message.Key.AsSpan().SequenceEqual(_key) || message.Value is null)
                continue;
            if (RecordCodec.TryDecode(message.Value, out Confirmation? confirmation) is { } why)
                log.ConfirmationNotRead(Topic, why);
            else if (confirmation!.Agent == agent) // no reason: read
                heard(confirmation);
        }
    }

    private IEnumerable<int> Partitions(Handle handle)
    {
        using var admin = new DependentAdminClientBuilder(handle).Build();
        var topic = admin.GetMetadata(Topic, MetadataWithin).Topics.First(candidate => candidate.Topic == Topic);
        if (topic.Error.IsError)
            throw new KafkaException(topic.Error);
        return [.. topic.Partitions.Select(partition => partition.PartitionId)];
    }

    private void Tell(string why)
    {
        if (_trouble != why)
            log.NoConfirmations(Topic, why);
        _trouble = why;
    }
}
