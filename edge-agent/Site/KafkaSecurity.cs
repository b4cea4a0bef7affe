namespace Penstock.EdgeAgent.Site;

/// <summary>How the agent meets the brokers: <c>forward.security</c>. Secrets are references, never the secret.</summary>
internal sealed record KafkaSecurity
{
    /// <summary>Null: not encrypted.</summary>
    public KafkaTls? Tls { get; init; }

    /// <summary>Null: no log-in.</summary>
    public KafkaSasl? Sasl { get; init; }
}

/// <summary>Encryption, and with certificate and key the agent's own proof of who it is.</summary>
internal sealed record KafkaTls
{
    /// <summary>File with the certificates (PEM) that vouch for the brokers. Default: the authorities this machine trusts.</summary>
    public string? Ca { get; init; }

    /// <summary>File with the agent's certificate and those between it and the authority (PEM).</summary>
    public string? Certificate { get; init; }

    /// <summary>Reference to the certificate's private key (PEM).</summary>
    public string? Key { get; init; }

    /// <summary>Reference to the password of the key, if it has one.</summary>
    public string? KeyPassword { get; init; }
}

/// <summary>The log-in. User and password for <c>plain</c> and <c>scram-…</c>, the rest for <c>oauthbearer</c>.</summary>
internal sealed record KafkaSasl
{
    public required KafkaMechanism Mechanism { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>Where a token is asked for with the client's credentials.</summary>
    public string? TokenUrl { get; init; }

    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    public string? Scope { get; init; }
}

/// <summary>How the agent proves who it is.</summary>
internal enum KafkaMechanism
{
    Plain,
    ScramSha256,
    ScramSha512,
    OAuthBearer,
}

/// <summary>How messages are packed on their way to Kafka and there.</summary>
internal enum Compression
{
    None,
    /// <summary>Costs least CPU.</summary>
    Lz4,
    /// <summary>Packs closest.</summary>
    Zstd,
}
