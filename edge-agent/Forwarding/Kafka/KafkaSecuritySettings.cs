using Confluent.Kafka;
using Penstock.EdgeAgent.Site;

namespace Penstock.EdgeAgent.Forwarding.Kafka;

/// <summary>TLS and log-in for the Kafka client. Secrets are read here, when a client is made, and go nowhere else.</summary>
internal static class KafkaSecuritySettings
{
    /// <exception cref="LinkException">A secret cannot be read.</exception>
    public static void Apply(ClientConfig config, KafkaSecurity security, Func<string, string?> secret)
    {
        config.SecurityProtocol = (security.Tls, security.Sasl) switch
        {
            (null, null) => SecurityProtocol.Plaintext,
            (not null, null) => SecurityProtocol.Ssl,
            (null, not null) => SecurityProtocol.SaslPlaintext,
            _ => SecurityProtocol.SaslSsl,
        };
        if (security.Tls is { } tls)
            Apply(config, tls, secret);
        if (security.Sasl is { } sasl)
            Apply(config, sasl, secret);
    }

    private static void Apply(ClientConfig config, KafkaTls tls, Func<string, string?> secret)
    {
        // Without one the client looks where Linux distributions keep the certificates of public authorities.
        config.SslCaLocation = tls.Ca;
        config.SslCertificateLocation = tls.Certificate;
        config.SslKeyPem = Read(tls.Key, "tls.key", secret);
        config.SslKeyPassword = Read(tls.KeyPassword, "tls.key_password", secret);
    }

    private static void Apply(ClientConfig config, KafkaSasl sasl, Func<string, string?> secret)
    {
        config.SaslMechanism = sasl.Mechanism switch
        {
            KafkaMechanism.Plain => SaslMechanism.Plain,
            KafkaMechanism.ScramSha256 => SaslMechanism.ScramSha256,
            KafkaMechanism.ScramSha512 => SaslMechanism.ScramSha512,
            _ => SaslMechanism.OAuthBearer,
        };
        if (sasl.Mechanism is not KafkaMechanism.OAuthBearer)
        {
            config.SaslUsername = sasl.User;
            config.SaslPassword = Read(sasl.Password, "sasl.password", secret);
            return;
        }

        config.SaslOauthbearerMethod = SaslOauthbearerMethod.Oidc;
        config.SaslOauthbearerTokenEndpointUrl = sasl.TokenUrl;
        config.SaslOauthbearerClientId = sasl.ClientId;
        config.SaslOauthbearerClientSecret = Read(sasl.ClientSecret, "sasl.client_secret", secret);
        config.SaslOauthbearerScope = sasl.Scope;
    }

    private static string? Read(string? reference, string key, Func<string, string?> secret) =>
        reference is null ? null
        : secret(reference) is { Length: > 0 } found ? found
        : throw new LinkException($"the secret {reference} (forward.security.{key}) cannot be read or is empty; check that it exists and that this user may read it");
}
