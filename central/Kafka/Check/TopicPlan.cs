using System.Globalization;
using Penstock.Contracts;

namespace Penstock.Central.Kafka.Check;

/// <summary>
/// How a topic has to be. <see cref="LargestRecord"/> is the largest value that travels there; <see cref="IsLog"/> means
/// that every message counts, so a compacting topic would lose records.
/// </summary>
internal sealed record TopicPlan(string Name, int Partitions, string Cleanup, int LargestRecord)
{
    /// <summary>A producer fills batches up to this size; a topic that takes less refuses whole batches.</summary>
    public const int BatchBytes = 1 << 20;

    public TimeSpan? Retention { get; init; }

    public bool IsLog { get; init; }

    public int Replicas { get; init; } = 1;

    /// <summary>One broker may be away and writing goes on, and what was acknowledged stands on all but one replica.</summary>
    public int MinInSync => Math.Max(1, Replicas - 1);

    /// <summary>The settings a new topic gets.</summary>
    public Dictionary<string, string> Settings
    {
        get
        {
            Dictionary<string, string> settings = new()
            {
                ["cleanup.policy"] = Cleanup,
                ["max.message.bytes"] = BatchBytes.ToString(CultureInfo.InvariantCulture),
                ["min.insync.replicas"] = MinInSync.ToString(CultureInfo.InvariantCulture),
                ["message.timestamp.type"] = "CreateTime",
            };
            if (Retention is { } retention)
                settings["retention.ms"] = ((long)retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
            if (Cleanup == Compact)
            {
                // Without them a quiet topic is never compacted: the segment being written is left alone.
                settings["segment.ms"] = "3600000";
                settings["min.cleanable.dirty.ratio"] = "0.1";
            }

            return settings;
        }
    }

    public const string Delete = "delete";
    public const string Compact = "compact";

    /// <summary>The topics of Penstock on a cluster of so many brokers.</summary>
    public static IReadOnlyList<TopicPlan> All(Topics topics, int brokers, int partitions = 6)
    {
        var few = Math.Min(3, partitions);
        TopicPlan[] plans =
        [
            new(topics.Readings, partitions, Delete, RecordCodec.MaxReadingBytes) { IsLog = true, Retention = TimeSpan.FromDays(7) },
            new(topics.Events, few, Delete, RecordCodec.MaxEventBytes) { IsLog = true, Retention = TimeSpan.FromDays(7) },
            new(topics.Tags, few, Compact, RecordCodec.MaxTagInfoBytes),
            new(topics.Agents, few, Compact, RecordCodec.MaxHeartbeatBytes),
            new(topics.Confirmed, few, Compact, RecordCodec.MaxConfirmationBytes),
            new(topics.Results, few, Delete, RecordCodec.MaxEventBytes) { Retention = TimeSpan.FromDays(30) },
            new(topics.DeadLetters, 1, Delete, StreamOutlet.MaxDeadLetterBytes) { IsLog = true, Retention = TimeSpan.FromDays(14) },
        ];
        var replicas = Math.Clamp(brokers, 1, 3);
        return [.. plans.Select(plan => plan with { Replicas = replicas })];
    }
}
