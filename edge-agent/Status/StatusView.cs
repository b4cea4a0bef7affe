using System.Text.Json.Serialization;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Status;

/// <summary>What <c>/status.json</c> answers: one look at the agent, and what is not normal in it.</summary>
internal sealed record StatusView
{
    /// <summary>The agent's clock at the look; ages are counted to it.</summary>
    public required Timestamp Now { get; init; }

    /// <summary>Worst first; empty when all is normal.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = value ?? []; } = [];

    public required Heartbeat Heartbeat { get; init; }

    public IReadOnlyList<TagSnapshot> Tags { get; init => field = value ?? []; } = [];

    public string? DataFolder { get; init; }

    public string? SiteFile { get; init; }

    public static StatusView Of(AgentSnapshot look) => new()
    {
        Now = look.Heartbeat.Ts,
        Findings = Status.Findings.In(look),
        Heartbeat = look.Heartbeat,
        Tags = look.Tags,
        DataFolder = look.DataFolder,
        SiteFile = look.SiteFile,
    };
}

/// <summary>What <c>/healthz</c> answers.</summary>
internal sealed record HealthView(bool Healthy, IReadOnlyList<string> Reasons);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(HealthView))]
internal sealed partial class StatusJson : JsonSerializerContext;
