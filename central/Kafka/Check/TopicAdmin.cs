using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Penstock.Central.Kafka.Check;

/// <summary>Makes topics as planned. Never removes one, never changes partitions or replicas of one that is there.</summary>
internal static class TopicAdmin
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Makes the missing topics and sets what differs. Returns one sentence for everything that was done.</summary>
    /// <exception cref="ClusterException">The cluster refused; the message says what.</exception>
    public static async Task<IReadOnlyList<string>> ApplyAsync(IAdminClient admin, IReadOnlyList<TopicPlan> plans, IReadOnlyList<Finding> findings)
    {
        List<string> done = [];
        foreach (var plan in plans)
        {
            var mine = findings.Where(f => f.Topic == plan.Name).ToList();
            try
            {
                if (mine.Any(f => f.State == FindingState.Missing))
                    done.Add(await CreateAsync(admin, plan));
                else if (mine.Where(f => f.CanBeSet).ToList() is { Count: > 0 } wrong)
                    done.Add(await SetAsync(admin, plan, wrong));
            }
            catch (KafkaException e)
            {
                throw new ClusterException($"topic {plan.Name}: {Reason(e)}. The rights that are needed stand in deploy/kafka/README.md", e);
            }
        }

        return done;
    }

    private static async Task<string> CreateAsync(IAdminClient admin, TopicPlan plan)
    {
        try
        {
            await admin.CreateTopicsAsync(
                [new() { Name = plan.Name, NumPartitions = plan.Partitions, ReplicationFactor = (short)plan.Replicas, Configs = plan.Settings }],
                new() { RequestTimeout = Limit, OperationTimeout = Limit });
            return $"made {plan.Name}: {plan.Partitions} partitions, replication {plan.Replicas}, {plan.Cleanup}";
        }
        catch (CreateTopicsException e) when (e.Results[0].Error.Code == ErrorCode.TopicAlreadyExists)
        {
            return $"{plan.Name} was made by someone else meanwhile"; // two may apply at once
        }
    }

    private static async Task<string> SetAsync(IAdminClient admin, TopicPlan plan, List<Finding> wrong)
    {
        await admin.IncrementalAlterConfigsAsync(
            new()
            {
                [new() { Type = ResourceType.Topic, Name = plan.Name }] =
                    [.. wrong.Select(f => new ConfigEntry { Name = f.Setting, Value = f.Wanted, IncrementalOperation = AlterConfigOpType.Set })],
            },
            new() { RequestTimeout = Limit });
        return $"set {plan.Name}: {string.Join(", ", wrong.Select(f => $"{f.Setting} {f.Found} -> {f.Wanted}"))}";
    }

    private static string Reason(KafkaException e) => e switch
    {
        CreateTopicsException create => create.Results[0].Error.Reason,
        IncrementalAlterConfigsException alter => alter.Results[0].Error.Reason,
        _ => e.Error.Reason,
    };
}
