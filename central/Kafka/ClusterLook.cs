using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Penstock.Central.Kafka.Check;

namespace Penstock.Central.Kafka;

/// <summary>The cluster as it stands: its id, the number of its brokers, and each topic that was asked for.</summary>
internal sealed record ClusterView(string Id, int Brokers, IReadOnlyList<FoundTopic> Topics)
{
    public StreamMap Map => new(Id, Topics.Where(t => t.Exists && t.Id is not null).ToDictionary(t => t.Name, t => t.Id!)); // just checked

    public IEnumerable<string> Missing => Topics.Where(t => !t.Exists && t.Hidden is null).Select(t => t.Name);
}

/// <summary>Asks the cluster. Foreign exceptions end here.</summary>
internal static class ClusterLook
{
    private const string NoTopicId = "AAAAAAAAAAAAAAAAAAAAAA";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <param name="withSettings">Also reads the settings of the topics, which needs one right more.</param>
    /// <exception cref="ClusterException">No broker answers, or it refuses; the message says which and the repair.</exception>
    public static async Task<ClusterView> AtAsync(IAdminClient admin, KafkaOptions options, IReadOnlyList<string> topics, bool withSettings)
    {
        try
        {
            var cluster = await admin.DescribeClusterAsync(new() { RequestTimeout = Limit });
            var found = await TopicsAsync(admin, topics);
            if (withSettings)
                found = [.. await Task.WhenAll(found.Select(topic => SettingsAsync(admin, topic)))];
            return new(cluster.ClusterId, cluster.Nodes.Count, found);
        }
        catch (KafkaException e)
        {
            throw new ClusterException($"Kafka at {options.Brokers} does not answer: {e.Error.Reason}. Check the address, that a broker runs, and the security settings of --kafka-config", e);
        }
    }

    private static async Task<IReadOnlyList<FoundTopic>> TopicsAsync(IAdminClient admin, IReadOnlyList<string> topics)
    {
        IReadOnlyList<TopicDescription> described;
        try
        {
            described = (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(topics), new() { RequestTimeout = Limit })).TopicDescriptions;
        }
        catch (DescribeTopicsException e)
        {
            described = e.Results.TopicDescriptions; // thrown as soon as one of them is missing
        }

        return [.. described.Select(Found)];
    }

    private static FoundTopic Found(TopicDescription topic) => topic.Error.Code switch
    {
        ErrorCode.NoError => new(topic.Name)
        {
            Exists = true,
            Id = topic.TopicId.ToString() is var id && id == NoTopicId ? null : id,
            Partitions = topic.Partitions.Count,
            Replicas = topic.Partitions.Count == 0 ? 0 : topic.Partitions.Min(p => p.Replicas.Count),
        },
        ErrorCode.UnknownTopicOrPart => new(topic.Name),
        _ => new(topic.Name) { Hidden = topic.Error.Reason },
    };

    private static async Task<FoundTopic> SettingsAsync(IAdminClient admin, FoundTopic topic)
    {
        if (!topic.Exists)
            return topic;
        try
        {
            var answer = await admin.DescribeConfigsAsync([new() { Type = ResourceType.Topic, Name = topic.Name }], new() { RequestTimeout = Limit });
            return topic with { Settings = answer[0].Entries.ToDictionary(e => e.Key, e => e.Value.Value) };
        }
        catch (DescribeConfigsException e)
        {
            return topic with { Hidden = e.Results[0].Error.Reason };
        }
    }
}

/// <summary>The cluster cannot be asked, or refused what it was asked.</summary>
internal sealed class ClusterException(string message, Exception? inner = null) : Exception(message, inner);
