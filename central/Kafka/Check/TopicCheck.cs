using System.Globalization;

namespace Penstock.Central.Kafka.Check;

/// <summary>What a comparison says: <c>ok</c>, <c>differs</c>, <c>missing</c>, <c>not checked</c>.</summary>
internal enum FindingState
{
    Ok,
    Differs,
    Missing,
    NotChecked,
}

/// <summary>What <c>run</c> does about it.</summary>
internal enum Consequence
{
    None,
    Warn,
    Wait,
    Refuse,
}

/// <summary>One line of the table. <see cref="Wanted"/> and <see cref="Found"/> are as Kafka writes them.</summary>
internal sealed record Finding(string Topic, string Setting, FindingState State, string Wanted, string Found, Consequence Then, string? Why)
{
    /// <summary>A setting that <c>topics apply</c> can change on a topic that is there.</summary>
    public bool CanBeSet => State == FindingState.Differs && Setting is not ("partitions" or "replication");
}

/// <summary>Compares topics with their plans. More than planned is fine: more partitions, more replicas, a longer retention.</summary>
internal static class TopicCheck
{
    public static IReadOnlyList<Finding> Compare(IReadOnlyList<TopicPlan> plans, IReadOnlyList<FoundTopic> found)
    {
        var byName = found.ToDictionary(topic => topic.Name);
        return [.. plans.SelectMany(plan => Compare(plan, byName.GetValueOrDefault(plan.Name) ?? new(plan.Name) { Hidden = "the cluster did not answer for it" }))];
    }

    private static IEnumerable<Finding> Compare(TopicPlan plan, FoundTopic found)
    {
        if (!found.Exists)
        {
            yield return found.Hidden is { } why
                ? new(plan.Name, "topic", FindingState.NotChecked, "present", "?", Consequence.None, why)
                : new(plan.Name, "topic", FindingState.Missing, "present", "-", Consequence.Wait, "nothing can be written or read");
            yield break;
        }

        yield return AtLeast(plan, "partitions", plan.Partitions, found.Partitions, "fewer centres can share the work; adding some later moves keys");
        yield return AtLeast(plan, "replication", plan.Replicas, found.Replicas, "what a broker acknowledged is lost with its disk");
        foreach (var finding in Settings(plan, found))
            yield return finding;
    }

    private static IEnumerable<Finding> Settings(TopicPlan plan, FoundTopic found)
    {
        yield return Cleanup(plan, found);
        yield return Size(plan, found);
        yield return Setting(plan, found, "min.insync.replicas", plan.MinInSync, Consequence.Warn, "a write may be acknowledged by a single broker");
        if (plan.Retention is { } retention)
            yield return Setting(plan, found, "retention.ms", (long)retention.TotalMilliseconds, Consequence.Warn, "a centre that is away longer finds its records gone", endless: -1);
    }

    private static Finding Cleanup(TopicPlan plan, FoundTopic found)
    {
        const string Name = "cleanup.policy";
        if (Value(found, Name) is not { } value)
            return NotChecked(plan, Name, plan.Cleanup, found);
        var policies = value.Split(',', StringSplitOptions.TrimEntries);
        var compacts = policies.Contains(TopicPlan.Compact);
        return plan.Cleanup == TopicPlan.Compact == compacts ? new(plan.Name, Name, FindingState.Ok, plan.Cleanup, value, Consequence.None, null)
            : plan.IsLog ? new(plan.Name, Name, FindingState.Differs, plan.Cleanup, value, Consequence.Refuse, "all records of a device but the newest would be thrown away")
            : new(plan.Name, Name, FindingState.Differs, plan.Cleanup, value, Consequence.Warn, compacts ? "older messages of a key are thrown away" : "what is older than the retention is gone for late joiners");
    }

    // A topic that cannot take its largest record makes an agent quarantine good records; one below a full batch only costs speed and retries.
    private static Finding Size(TopicPlan plan, FoundTopic found)
    {
        const string Name = "max.message.bytes";
        var limit = Setting(plan, found, Name, TopicPlan.BatchBytes, Consequence.Warn, "a full batch of a producer is refused");
        return limit.State == FindingState.Differs && long.Parse(limit.Found, CultureInfo.InvariantCulture) < plan.LargestRecord + 1024
            ? limit with { Then = Consequence.Refuse, Why = $"its largest record has {plan.LargestRecord} bytes" }
            : limit;
    }

    private static Finding Setting(TopicPlan plan, FoundTopic found, string name, long wanted, Consequence then, string why, long? endless = null)
    {
        var least = wanted.ToString(CultureInfo.InvariantCulture);
        if (Value(found, name) is not { } text || !long.TryParse(text, CultureInfo.InvariantCulture, out var value))
            return NotChecked(plan, name, least, found);
        // The broker's own default of 1,048,588 and ours of 1 MiB are the same limit with and without the frame around it.
        return value >= wanted || value == endless
            ? new(plan.Name, name, FindingState.Ok, least, text, Consequence.None, null)
            : new(plan.Name, name, FindingState.Differs, least, text, then, why);
    }

    private static Finding AtLeast(TopicPlan plan, string name, int wanted, int value, string why)
    {
        var (least, text) = (wanted.ToString(CultureInfo.InvariantCulture), value.ToString(CultureInfo.InvariantCulture));
        return value >= wanted
            ? new(plan.Name, name, FindingState.Ok, least, text, Consequence.None, null)
            : new(plan.Name, name, FindingState.Differs, least, text, Consequence.Warn, why);
    }

    private static Finding NotChecked(TopicPlan plan, string name, string wanted, FoundTopic found) =>
        new(plan.Name, name, FindingState.NotChecked, wanted, "?", Consequence.None, found.Hidden ?? "the cluster does not tell it");

    private static string? Value(FoundTopic found, string name) => found.Settings?.GetValueOrDefault(name);
}
