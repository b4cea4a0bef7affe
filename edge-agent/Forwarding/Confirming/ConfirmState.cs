using System.Globalization;

namespace Penstock.EdgeAgent.Forwarding.Confirming;

/// <summary>One look at the confirmations. Counts are records since the start.</summary>
/// <param name="Durability">The level in force.</param>
/// <param name="Waiting">With the broker, not confirmed by the historian.</param>
internal sealed record ConfirmState(string Durability, long Waiting, long Confirmed, long Resent)
{
    /// <summary>Waiting ended because the outbox was nearly full.</summary>
    public bool GaveUp { get; init; }

    /// <summary>Records wait for their full time and nothing was confirmed meanwhile.</summary>
    public bool NothingConfirmed { get; init; }

    /// <summary>Why confirmations cannot be heard.</summary>
    public string? Trouble { get; init; }

    public bool WaitsForHistorian => Durability == Durabilities.Historian;

    /// <summary>What a person should know, one sentence each.</summary>
    /// <param name="replicas">Copies of a record at the broker; null while that is not known.</param>
    public IEnumerable<string> Notes(int? replicas)
    {
        if (GaveUp)
            yield return "the historian confirms nothing and the outbox was nearly full: records leave it at the broker's word until penstock-central confirms again";
        else if (NothingConfirmed)
            yield return string.Create(CultureInfo.InvariantCulture, $"{Confirmed:N0} of {Confirmed + Waiting:N0} confirmed: start penstock-central, or set  confirm: broker");
        if (Trouble is { } trouble)
            yield return $"confirmations cannot be heard: {trouble}";
        if (!WaitsForHistorian && replicas is > 0 and < Kafka.KafkaPublisher.EnoughReplicas and var copies)
            yield return $"the broker's word counts, and it keeps {copies} of {Kafka.KafkaPublisher.EnoughReplicas} copies: a power cut there can lose acknowledged records; raise the replication of the topic, or start penstock-central";
    }

    public IReadOnlyDictionary<string, long> Counters() => new Dictionary<string, long>
    {
        ["forwarder_records_confirmed_total"] = Confirmed,
        ["forwarder_records_sent_again_total"] = Resent,
    };
}
