using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;
using Penstock.Protocols;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Site;

/// <summary>A validated site file: what this agent reads and where it sends it.</summary>
internal sealed record SiteConfig
{
    /// <summary>Name of the site, the first part of every tag's full name.</summary>
    public required string Name { get; init; }

    /// <summary>IANA name, for people; records are always UTC. Default UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    public required IReadOnlyList<DeviceSettings> Devices { get; init; }

    public ForwardOptions Forward { get; init; } = new();

    public OutboxOptions Outbox { get; init; } = new();

    /// <summary>True when the file leaves the choice of <see cref="OutboxOptions.Storage"/> to the medium: <c>storage: auto</c>, the default.</summary>
    public bool StorageAuto { get; init; } = true;

    /// <summary>Devices that are played by the simulator instead of being read.</summary>
    public IReadOnlyList<string> SimulateInstead { get; init; } = [];

    /// <summary>What site file and profiles say and this version does not act on, summed over all devices.</summary>
    public IReadOnlyList<NotActedOn> NotActedOn { get; init; } = [];

    /// <summary>Every file it was read from: the site file first, then the profiles. A copy of them is a copy of the configuration.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
}

/// <summary>Where records go: the <c>forward:</c> block.</summary>
internal sealed record ForwardOptions
{
    public static readonly Uri DefaultCentre = new("http://127.0.0.1:8420");

    /// <summary>Default http.</summary>
    public ForwardType Type { get; init; } = ForwardType.Http;

    /// <summary>Address of the centre, http or https. Default <c>http://127.0.0.1:8420</c>.</summary>
    public Uri To { get; init; } = DefaultCentre;

    /// <summary>Kafka: <c>host:port</c> of one or more brokers, separated by commas.</summary>
    public string? Address { get; init; }

    /// <summary>Whose acknowledgement lets a record leave the outbox. Default auto.</summary>
    public Confirm Confirm { get; init; } = Confirm.Auto;

    /// <summary>Kafka: how messages are packed. Default zstd.</summary>
    public Compression Compression { get; init; } = Compression.Zstd;

    /// <summary>Kafka: names of the topics.</summary>
    public Topics Topics { get; init; } = new();

    /// <summary>Kafka: encryption and log-in. Default neither.</summary>
    public KafkaSecurity Security { get; init; } = new();

    /// <summary>Reference to the ingest token, never the token: <c>env:NAME</c>, <c>file:/path</c>, <c>credential:NAME</c>.</summary>
    public string? Token { get; init; }
}

/// <summary>What the far end speaks.</summary>
internal enum ForwardType
{
    Http,
    Kafka,
}

/// <summary>Whose acknowledgement counts.</summary>
internal enum Confirm
{
    /// <summary>The historian's once a centre was ever heard, the broker's before.</summary>
    Auto,
    Historian,
    Broker,
}
