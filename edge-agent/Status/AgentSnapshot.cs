using Penstock.Contracts;

namespace Penstock.EdgeAgent.Status;

/// <summary>What the status page, <c>penstock watch</c> and the metrics show: one consistent look at the agent.</summary>
public sealed record AgentSnapshot
{
    /// <summary>The account that also goes to the centre.</summary>
    public required Heartbeat Heartbeat { get; init; }

    public IReadOnlyList<TagSnapshot> Tags { get; init; } = [];

    /// <summary>Present figures beside those of the heartbeat, by metric name.</summary>
    public IReadOnlyDictionary<string, double> Gauges { get; init; } = new Dictionary<string, double>();

    public string DataFolder { get; init; } = "";

    public string SiteFile { get; init; } = "";
}

/// <summary>The newest sample of a tag.</summary>
public sealed record TagSnapshot
{
    public required string Device { get; init; }

    public required string Tag { get; init; }

    public string? Label { get; init; }

    public string? Unit { get; init; }

    public double? Value { get; init; }

    public string? Text { get; init; }

    public string? Raw { get; init; }

    public Quality Q { get; init; }

    public string? Why { get; init; }

    /// <summary>Null before the first sample.</summary>
    public Timestamp? Ts { get; init; }

    /// <summary>After this many seconds without a sample the value is stale.</summary>
    public double? StaleAfterSeconds { get; init; }
}

/// <summary>Where the snapshot comes from.</summary>
public interface IAgentStatus
{
    AgentSnapshot Look();
}
