namespace Penstock.Central.Kafka.Check;

/// <summary>A topic as the cluster shows it.</summary>
internal sealed record FoundTopic(string Name)
{
    public bool Exists { get; init; }

    /// <summary>Null when the cluster tells none.</summary>
    public string? Id { get; init; }

    public int Partitions { get; init; }

    /// <summary>The smallest number of replicas of a partition.</summary>
    public int Replicas { get; init; }

    /// <summary>Null when they were not asked for or may not be seen.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>Why something of it could not be seen.</summary>
    public string? Hidden { get; init; }
}
