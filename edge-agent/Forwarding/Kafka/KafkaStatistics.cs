using System.Text.Json;

namespace Penstock.EdgeAgent.Forwarding.Kafka;

/// <summary>What one client has counted since it was made, out of its own statistics.</summary>
internal sealed record KafkaStatistics
{
    public long Records { get; init; }

    /// <summary>On the wire: packed, with protocol and repeats.</summary>
    public long Bytes { get; init; }

    public long Retries { get; init; }

    public long Timeouts { get; init; }

    public long QueuedRecords { get; init; }

    public long QueuedBytes { get; init; }

    /// <summary>Slowest broker's mean time to answer; null while nobody has answered.</summary>
    public double? RoundTripSeconds { get; init; }

    /// <summary>Null when the text is not what it should be.</summary>
    public static KafkaStatistics? Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var brokers = root.TryGetProperty("brokers", out var found) ? found.EnumerateObject().Select(broker => broker.Value).ToArray() : [];
            return new KafkaStatistics
            {
                Records = Long(root, "txmsgs"),
                Bytes = Long(root, "tx_bytes"),
                QueuedRecords = Long(root, "msg_cnt"),
                QueuedBytes = Long(root, "msg_size"),
                Retries = brokers.Sum(broker => Long(broker, "txretries")),
                Timeouts = brokers.Sum(broker => Long(broker, "req_timeouts")),
                RoundTripSeconds = brokers.Max(RoundTrip),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Counts of both, and the present state of this one.</summary>
    public KafkaStatistics After(KafkaStatistics earlier) => this with
    {
        Records = Records + earlier.Records,
        Bytes = Bytes + earlier.Bytes,
        Retries = Retries + earlier.Retries,
        Timeouts = Timeouts + earlier.Timeouts,
    };

    private static double? RoundTrip(JsonElement broker) =>
        broker.TryGetProperty("rtt", out var window) && Long(window, "cnt") > 0 ? Long(window, "avg") / 1e6 : null;

    private static long Long(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetInt64() : 0;
}
