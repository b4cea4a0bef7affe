using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Forwarding.Kafka;

/// <summary>The messages that carry no number: tag infos and heartbeats for their compacted topics, and dead letters.</summary>
internal static class KafkaAnnouncement
{
    public static Message<byte[], byte[]> Of(TagInfo tag) => new()
    {
        Key = Encoding.UTF8.GetBytes(tag.FullName),
        Value = JsonSerializer.SerializeToUtf8Bytes(tag, ContractsJson.Wire.TagInfo),
    };

    public static Message<byte[], byte[]> Of(Heartbeat heartbeat) => new()
    {
        Key = Encoding.UTF8.GetBytes(heartbeat.Agent),
        Value = JsonSerializer.SerializeToUtf8Bytes(heartbeat, ContractsJson.Wire.Heartbeat),
    };

    /// <summary>The record as it was; its headers say why it lies here and where it should have gone.</summary>
    public static Message<byte[], byte[]> DeadLetter(KafkaFailure failure, string reason) => new()
    {
        Key = failure.Key,
        Value = failure.Value,
        Headers =
        [
            new Header("reason", Encoding.UTF8.GetBytes(reason)),
            new Header("topic", Encoding.UTF8.GetBytes(failure.Topic)),
            new Header("by", "penstock"u8.ToArray()),
            new Header("bytes", Encoding.UTF8.GetBytes(failure.Value.Length.ToString(CultureInfo.InvariantCulture))),
        ],
    };
}
