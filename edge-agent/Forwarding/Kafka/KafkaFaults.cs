using Confluent.Kafka;
using Penstock.EdgeAgent.Site;

namespace Penstock.EdgeAgent.Forwarding.Kafka;

/// <summary>What the client's errors mean to the person who can repair them, in one sentence with address, topic and repair.</summary>
internal sealed class KafkaFaults(string to, KafkaSecurity security)
{
    /// <summary>True when the record itself is at fault: sent again it would be refused again.</summary>
    public static bool IsOfTheRecord(ErrorCode code) => code is ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidRecord;

    /// <summary>Says more about a time-out than the time-out itself.</summary>
    public static bool IsOfTheLink(ErrorCode code) => code is
        ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Resolve or ErrorCode.Local_Ssl or
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.UnsupportedSaslMechanism or
        ErrorCode.ClusterAuthorizationFailed or ErrorCode.TopicAuthorizationFailed;

    public string Explain(Error error, string topic) => error.Code switch
    {
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.UnsupportedSaslMechanism or ErrorCode.IllegalSaslState =>
            $"{to} does not accept the log-in ({Reason(error)}); check {LogIn()}",
        ErrorCode.Local_Ssl =>
            $"no secure connection to {to} ({Reason(error)}); check forward.security.tls (ca, certificate, key), the broker's certificate and the clock of this machine",
        ErrorCode.Local_Resolve =>
            $"a name in {to} cannot be resolved ({Reason(error)}); check forward.address and the DNS server",
        ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.BrokerNotAvailable =>
            $"no connection to {to} ({Reason(error)}); check that Kafka runs there, that the network path is open, and that forward.security fits the listener",
        ErrorCode.TopicAuthorizationFailed =>
            $"{Who()} may not write to topic {topic} at {to}; grant WRITE and DESCRIBE on it",
        ErrorCode.ClusterAuthorizationFailed =>
            $"{Who()} may not write at {to} ({Reason(error)}); grant WRITE on the topics, and IDEMPOTENT_WRITE on the cluster where the broker is older than 2.8",
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition or ErrorCode.TopicException =>
            $"topic {topic} does not exist at {to}; create it ('penstock-central topics apply'), or name another one under forward.topics",
        ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend =>
            $"topic {topic} at {to} has fewer replicas in sync than its min.insync.replicas asks for; bring the missing brokers back",
        ErrorCode.Local_MsgTimedOut or ErrorCode.Local_TimedOut or ErrorCode.RequestTimedOut =>
            $"{to} did not acknowledge records for topic {topic} within {KafkaConfig.DeliveryTimeout.TotalSeconds:0} s; check that the brokers run, are not overloaded, and that each partition has a leader",
        _ => $"{to} did not take records for topic {topic}: {Reason(error)} ({error.Code})",
    };

    /// <summary>The client could not even be made.</summary>
    public string NotMade(Exception e) => e is DllNotFoundException
        ? "the native Kafka library cannot be loaded; keep the .so file of the package beside the program, on a system with glibc 2.28 or later"
        : $"the client for {to} cannot be made ({e.Message}); check the files under forward.security.tls";

    /// <summary>For the quarantine: why the record will never be taken.</summary>
    public string Refusal(Error error, string topic, int bytes) => error.Code switch
    {
        ErrorCode.MsgSizeTooLarge => $"too large for topic {topic} at {to}: {bytes} bytes; raise max.message.bytes of the topic, or shorten the text",
        _ => $"topic {topic} at {to} does not take it: {Reason(error)} ({error.Code})",
    };

    private string LogIn() => security.Sasl switch
    {
        null => "forward.security: the listener asks for a log-in and none is set",
        { Mechanism: KafkaMechanism.OAuthBearer } sasl => $"forward.security.sasl: token_url, client_id and the secret {sasl.ClientSecret}",
        var sasl => $"forward.security.sasl: user {sasl.User}, the password {sasl.Password} and the mechanism",
    };

    private string Who() => security.Sasl is { } sasl ? $"user {sasl.User ?? sasl.ClientId}" : security.Tls?.Certificate is { } certificate ? $"the holder of {certificate}" : "this agent (not logged in)";

    // The client puts its own name and the broker's address before the reason, and the time after it.
    private static string Reason(Error error)
    {
        var text = error.Reason ?? error.Code.ToString();
        var start = text.LastIndexOf("]: ", StringComparison.Ordinal);
        text = start < 0 ? text : text[(start + 3)..];
        var end = text.IndexOf(" (after ", StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).Trim();
    }
}
