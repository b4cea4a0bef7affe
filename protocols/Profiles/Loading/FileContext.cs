using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>What the whole file says and every register needs.</summary>
internal sealed record FileContext
{
    public required ProblemList Problems { get; init; }

    public NotActedOnCounter NotActedOn { get; } = new();

    public WrittenAs WrittenAs { get; init; }

    public FileDefaults Defaults { get; init; } = new();

    public IReadOnlyDictionary<string, PollGroup> Polls { get; init; } = new Dictionary<string, PollGroup>();
}

/// <summary>The <c>defaults:</c> block.</summary>
internal sealed record FileDefaults
{
    public RegisterTable? Table { get; init; }

    public PartOrder? WordOrder { get; init; }

    public PartOrder? ByteOrder { get; init; }

    public string Poll { get; init; } = "normal";

    public ReportText? Report { get; init; }

    /// <summary>Codes by type word, with the text that was typed.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<YamlEntry>> Codes { get; init; } = new Dictionary<string, IReadOnlyList<YamlEntry>>();
}

/// <summary>A register with the block it was read from, so that a rule can point at a key.</summary>
internal sealed record LoadedRegister(RegisterDefinition Definition, MapReader Reader)
{
    /// <summary>The reason of <c>overlap_ok</c>, null when not given.</summary>
    public string? OverlapOk { get; init; }
}
