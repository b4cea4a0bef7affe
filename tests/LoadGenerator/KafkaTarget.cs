using System.Text;
using Confluent.Kafka;

namespace Penstock.LoadGenerator;

/// <summary>The topics of a cluster, without an agent: what is acknowledged is with all in-sync replicas.</summary>
internal sealed class KafkaTarget : ITarget
{
    private const string Readings = "penstock.readings";
    private const string Events = "penstock.events";
    private const string Agents = "penstock.agents";

    private readonly IProducer<byte[], byte[]> _producer;

    public KafkaTarget(string servers) => _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
    {
        BootstrapServers = servers,
        Acks = Acks.All,
        EnableIdempotence = true,
        CompressionType = CompressionType.Lz4,
        Partitioner = Partitioner.Murmur2Random,
        LingerMs = 5,
        MessageTimeoutMs = 30_000,
    }).SetLogHandler((_, _) => { }).Build();

    public async Task SendAsync(IReadOnlyList<Line> lines, CancellationToken cancel)
    {
        var sent = lines.Select(line => SendAsync(line.IsEvent ? Events : Readings, line.Key, line.Bytes, cancel)).ToList();
        await Task.WhenAll(sent);
    }

    public Task HeartbeatAsync(string agent, byte[] json, CancellationToken cancel) => SendAsync(Agents, agent, json, cancel);

    public ValueTask DisposeAsync()
    {
        _producer.Flush(TimeSpan.FromSeconds(10));
        _producer.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SendAsync(string topic, string key, byte[] value, CancellationToken cancel)
    {
        try
        {
            await _producer.ProduceAsync(topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = value }, cancel);
        }
        catch (ProduceException<byte[], byte[]> e)
        {
            throw new NotTakenException(e.Error.Reason);
        }
    }
}
