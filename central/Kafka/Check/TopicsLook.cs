using Confluent.Kafka;

namespace Penstock.Central.Kafka.Check;

/// <summary>The topics of a cluster beside their plans.</summary>
internal sealed record TopicsLook(IReadOnlyList<TopicPlan> Plans, IReadOnlyList<Finding> Findings)
{
    /// <summary>True when every setting that could be seen is as planned.</summary>
    public bool IsFine => Findings.All(f => f.State is FindingState.Ok or FindingState.NotChecked);

    /// <exception cref="ClusterException">The cluster does not answer.</exception>
    public static async Task<TopicsLook> AtAsync(IAdminClient admin, KafkaOptions options, int? partitions)
    {
        var names = TopicPlan.All(options.Topics, 1).Select(plan => plan.Name).ToList();
        var view = await ClusterLook.AtAsync(admin, options, names, withSettings: true);
        var plans = partitions is { } many ? TopicPlan.All(options.Topics, view.Brokers, many) : TopicPlan.All(options.Topics, view.Brokers);
        return new(plans, TopicCheck.Compare(plans, view.Topics));
    }
}
