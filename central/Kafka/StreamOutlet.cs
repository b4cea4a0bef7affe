using System.Buffers;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Kafka;

/// <summary>
/// What the centre writes to Kafka: confirmations and dead letters, after the commit they tell of. Does not wait: a
/// confirmation that is lost comes again when the agent sends again, and a dead letter stands in the historian's table
/// too. What could not be published is counted and logged.
/// </summary>
internal sealed class StreamOutlet(KafkaOptions options, KafkaMetrics metrics, ILogger<StreamOutlet> log) : IDisposable
{
    /// <summary>A dead letter carries its value up to this size, and beyond it the beginning only.</summary>
    public const int MaxDeadLetterBytes = 512 << 10;

    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(2);
    private readonly ArrayBufferWriter<byte> _json = new();
    private IProducer<string, byte[]>? _producer;
    private volatile bool _isBroken;

    public void Confirm(Confirmation confirmation)
    {
        _json.ResetWrittenCount();
        if (RecordCodec.TryEncode(confirmation, _json) is { } reason)
        {
            NotPublished(options.Topics.Confirmed, reason);
            return;
        }

        if (Send(options.Topics.Confirmed, new() { Key = confirmation.Agent, Value = _json.WrittenSpan.ToArray() }))
            metrics.Confirmed();
    }

    public void DeadLetter(RefusedLine line, MessageOrigin origin)
    {
        var headers = new Headers
        {
            { "reason", Encoding.UTF8.GetBytes(line.Reason) },
            { "topic", Encoding.UTF8.GetBytes(origin.Topic) },
            { "partition", Number(origin.Partition) },
            { "offset", Number(origin.Offset) },
            { "size", Number(line.Bytes.Length) },
        };
        var value = line.Bytes.Length > MaxDeadLetterBytes ? line.Bytes[..MaxDeadLetterBytes] : line.Bytes;
        Send(options.Topics.DeadLetters, new() { Key = line.Agent!, Value = value, Headers = headers }); // a null key is allowed
    }

    public void Dispose()
    {
        _producer?.Flush(FlushLimit);
        _producer?.Dispose();
    }

    private bool Send(string topic, Message<string, byte[]> message)
    {
        try
        {
            Producer().Produce(topic, message, report =>
            {
                if (report.Error.IsError)
                    NotPublished(topic, report.Error.Reason);
            });
            return true;
        }
        catch (KafkaException e)
        {
            NotPublished(topic, e.Error.Reason);
            return false;
        }
    }

    // After a fatal error an idempotent producer takes nothing more: a new one does.
    private IProducer<string, byte[]> Producer()
    {
        if (_isBroken)
        {
            _producer?.Dispose();
            _producer = null;
            _isBroken = false;
        }

        return _producer ??= new ProducerBuilder<string, byte[]>(KafkaClients.Producer(options))
            .SetErrorHandler((_, e) => _isBroken |= e.IsFatal).SetLogHandler(static (_, _) => { }).Build();
    }

    private void NotPublished(string topic, string reason)
    {
        metrics.NotPublished(topic);
        log.NotPublished(topic, reason);
    }

    private static byte[] Number(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
