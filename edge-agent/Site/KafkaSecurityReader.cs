using Penstock.Protocols.Profiles;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.EdgeAgent.Site;

/// <summary>Reads <c>forward.security</c>. A secret written in clear is refused and never repeated in the message.</summary>
internal static class KafkaSecurityReader
{
    private static readonly Dictionary<string, KafkaMechanism> Mechanisms = new()
    {
        ["plain"] = KafkaMechanism.Plain,
        ["scram-sha-256"] = KafkaMechanism.ScramSha256,
        ["scram-sha-512"] = KafkaMechanism.ScramSha512,
        ["oauthbearer"] = KafkaMechanism.OAuthBearer,
    };

    public static KafkaSecurity Read(MapReader forward)
    {
        if (forward.Block("security", "the security") is not { } reader)
            return new();
        var security = new KafkaSecurity { Tls = ReadTls(reader), Sasl = ReadSasl(reader) };
        if (security is { Tls: null, Sasl.Mechanism: KafkaMechanism.Plain or KafkaMechanism.OAuthBearer })
            reader.Warn(Codes.WrongValue, reader.At("sasl"), "the log-in crosses the network readable for everyone", "add  tls: {}  (authorities this machine trusts) or  tls: {ca: /etc/penstock/ca.pem}");
        reader.Done();
        return security;
    }

    private static KafkaTls? ReadTls(MapReader security)
    {
        if (security.Block("tls", "tls") is not { } reader)
            return null;
        var tls = new KafkaTls
        {
            Ca = ReadFile(reader, "ca"),
            Certificate = ReadFile(reader, "certificate"),
            Key = ReadSecret(reader, "key", "private key"),
            KeyPassword = ReadSecret(reader, "key_password", "password of the key"),
        };
        if (reader.Has("certificate") != reader.Has("key"))
            reader.Error(Codes.MissingKey, reader.Map.At, "\"certificate\" and \"key\" go together: the agent proves with both who it is", "add  certificate: /etc/penstock/agent.pem, key: \"file:/etc/penstock/agent.key\"  or remove both");
        reader.Done();
        return tls;
    }

    private static KafkaSasl? ReadSasl(MapReader security)
    {
        if (security.Block("sasl", "sasl") is not { } reader)
            return null;
        reader.Required("mechanism", "scram-sha-512");
        var mechanism = reader.Choice("mechanism", Mechanisms);
        var sasl = new KafkaSasl
        {
            Mechanism = mechanism ?? KafkaMechanism.ScramSha512,
            User = reader.Text("user"),
            Password = ReadSecret(reader, "password", "password"),
            TokenUrl = reader.Text("token_url"),
            ClientId = reader.Text("client_id"),
            ClientSecret = ReadSecret(reader, "client_secret", "client secret"),
            Scope = reader.Text("scope"),
        };
        if (mechanism == KafkaMechanism.OAuthBearer)
        {
            reader.Required("token_url", "https://login.north.example/token");
            reader.Required("client_id", "penstock");
            reader.Required("client_secret", "\"file:/etc/penstock/client-secret\"");
        }
        else if (mechanism is not null)
        {
            reader.Required("user", "penstock");
            reader.Required("password", "\"file:/etc/penstock/kafka-password\"");
        }

        reader.Done();
        return sasl;
    }

    private static string? ReadFile(MapReader reader, string key)
    {
        if (reader.Text(key) is not { } path || Path.IsPathRooted(path))
            return reader.Text(key);
        reader.Error(Codes.WrongValue, reader.At(key), $"\"{key}\" has to be the whole path of a file, not \"{path}\"", $"write  {key}: /etc/penstock/{Path.GetFileName(path)}");
        return null;
    }

    private static string? ReadSecret(MapReader reader, string key, string what)
    {
        if (reader.Text(key) is not { } text || Secrets.IsReference(text))
            return reader.Text(key);
        reader.Problems.Secret(reader.At(key), $"the {what} is not a reference; a secret never stands in the site file", $"put it into a file only the agent can read and write  {key}: \"file:/etc/penstock/{key}\" ; or  \"env:NAME\" , \"credential:NAME\". Was it a real one? Make a new one: this file may have been copied.");
        return null;
    }
}
