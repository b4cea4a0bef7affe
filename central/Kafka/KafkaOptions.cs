using Penstock.Contracts;

namespace Penstock.Central.Kafka;

/// <summary>The cluster the centre reads from, and how it gets in.</summary>
internal sealed record KafkaOptions
{
    /// <summary>Some brokers of the cluster, <c>host:port</c> separated by commas; the client learns the others from them.</summary>
    public required string Brokers { get; init; }

    /// <summary>The consumer group; centres that share one historian share it. Default <c>penstock-central</c>.</summary>
    public string Group { get; init; } = "penstock-central";

    public Topics Topics { get; init; } = new();

    /// <summary>Settings of the client beyond our own, secrets resolved: security, addresses. Never logged.</summary>
    public IReadOnlyDictionary<string, string> Client { get; init; } = new Dictionary<string, string>();

    /// <summary>What the centre consumes.</summary>
    public IReadOnlyList<string> Consumed => [Topics.Readings, Topics.Events, Topics.Tags, Topics.Agents];
}
