using Penstock.Contracts;

namespace Penstock.EdgeAgent.Running;

/// <summary>Who runs, where, since when, and what a person should know of its configuration.</summary>
internal sealed record AgentIdentity
{
    public required string Agent { get; init; }

    public required string Site { get; init; }

    public required Timestamp Started { get; init; }

    public required string SiteFile { get; init; }

    public required string DataFolder { get; init; }

    /// <summary>One sentence each; also logged at every start.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Profile as <c>id@version</c>, by device.</summary>
    public IReadOnlyDictionary<string, string> Profiles { get; init; } = new Dictionary<string, string>();
}
