namespace Penstock.Central.Kafka;

/// <summary>One partition this centre reads: the next offset to read and the end, null while the broker has not told it.</summary>
internal sealed record PartitionState(string Topic, int Partition, long? Position, long? End)
{
    public long? Lag => Position is { } position && End is { } end ? Math.Max(0, end - position) : null;
}

/// <summary>How the reading of the stream is doing, for health, metrics and the API. Written by the stream, read by anyone.</summary>
internal sealed class KafkaStatus(KafkaOptions? options)
{
    private string? _historian;
    private string? _broker = options is null ? null : "the Kafka cluster has not answered yet";

    /// <summary>Null when the centre reads no Kafka.</summary>
    public KafkaOptions? Options => options;

    /// <summary>Why nothing flows; null when all is well.</summary>
    public string? Trouble => Volatile.Read(ref _historian) ?? Volatile.Read(ref _broker);

    public string? Cluster { get; set; }

    public IReadOnlyList<PartitionState> Partitions { get; set => Volatile.Write(ref field, value); } = [];

    /// <summary>True when it was well before.</summary>
    public bool HistorianFailed(string reason) => Interlocked.Exchange(ref _historian, $"the historian does not take what is read from Kafka: {reason}") is null;

    /// <summary>True when it was in trouble before.</summary>
    public bool HistorianRecovered() => Interlocked.Exchange(ref _historian, null) is not null;

    /// <summary>True when this is another reason than before.</summary>
    public bool BrokerFailed(string reason) => Interlocked.Exchange(ref _broker, reason) != reason;

    /// <summary>True when it was in trouble before.</summary>
    public bool BrokerRecovered() => Interlocked.Exchange(ref _broker, null) is not null;
}
