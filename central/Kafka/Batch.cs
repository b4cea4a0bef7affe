using Confluent.Kafka;
using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Kafka;

/// <summary>What one commit takes out of the stream. The line of a record is its place in <see cref="Origins"/>.</summary>
internal sealed record Batch(
    RecordGroup Group,
    IReadOnlyList<MessageOrigin> Origins,
    IReadOnlyList<TagInfo> Tags,
    IReadOnlyCollection<HeartbeatMessage> Heartbeats,
    IReadOnlyList<StreamPosition> Read,
    IReadOnlyList<TopicPartitionOffset> Offsets);
