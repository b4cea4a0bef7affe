using Penstock.Central.Kafka.Check;
using Penstock.Contracts;
using Xunit;

namespace Penstock.UnitTests.Central.Kafka;

public sealed class TopicCheckTests
{
    private static readonly Topics Names = new();

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 1)]
    [InlineData(3, 3, 2)]
    [InlineData(9, 3, 2)]
    public void Replication_follows_the_number_of_brokers(int brokers, int replicas, int inSync)
    {
        Assert.All(TopicPlan.All(Names, brokers), plan => Assert.Equal((replicas, inSync), (plan.Replicas, plan.MinInSync)));
    }

    [Fact]
    public void What_is_as_planned_or_better_is_fine()
    {
        var findings = Check(t => t with { Partitions = 50, Replicas = 5, Settings = With(t, "retention.ms", "-1") });

        Assert.All(findings, f => Assert.Equal((FindingState.Ok, Consequence.None), (f.State, f.Then)));
    }

    [Theory]
    [InlineData("cleanup.policy", "compact", nameof(Consequence.Refuse))]
    [InlineData("cleanup.policy", "compact,delete", nameof(Consequence.Refuse))]
    [InlineData("max.message.bytes", "1000", nameof(Consequence.Refuse))]
    [InlineData("max.message.bytes", "100000", nameof(Consequence.Warn))]
    [InlineData("retention.ms", "3600000", nameof(Consequence.Warn))]
    [InlineData("min.insync.replicas", "1", nameof(Consequence.Warn))]
    public void A_setting_that_does_not_fit_readings_is_refused_when_it_loses_records_and_else_told(string setting, string value, string then)
    {
        var finding = Assert.Single(Check(t => t with { Settings = With(t, setting, value) }), f => f.State == FindingState.Differs);

        Assert.Equal((setting, value, then), (finding.Setting, finding.Found, finding.Then.ToString()));
        Assert.NotNull(finding.Why);
        Assert.True(finding.CanBeSet);
    }

    [Fact]
    public void Too_few_partitions_or_replicas_are_told_and_cannot_be_set()
    {
        var findings = Check(t => t with { Partitions = 1, Replicas = 1 }).Where(f => f.State == FindingState.Differs).ToList();

        Assert.Equal(["partitions", "replication"], findings.Select(f => f.Setting));
        Assert.All(findings, f => Assert.Equal((Consequence.Warn, false), (f.Then, f.CanBeSet)));
    }

    [Fact]
    public void A_topic_that_should_be_compacted_and_is_not_is_told()
    {
        var plan = TopicPlan.All(Names, 3).Single(p => p.Name == Names.Agents);
        var found = AsPlanned(plan);

        var finding = TopicCheck.Compare([plan], [found with { Settings = With(found, "cleanup.policy", "delete") }]).Single(f => f.State == FindingState.Differs);

        Assert.Equal(Consequence.Warn, finding.Then);
    }

    [Fact]
    public void A_topic_that_is_not_there_is_missing_and_waited_for()
    {
        var finding = Assert.Single(Check(t => new(t.Name)));

        Assert.Equal((FindingState.Missing, Consequence.Wait), (finding.State, finding.Then));
    }

    [Fact]
    public void What_rights_hide_is_not_checked_and_the_rest_is()
    {
        var findings = Check(t => t with { Settings = null, Hidden = "not authorised" });

        Assert.Equal(["partitions", "replication"], findings.Where(f => f.State == FindingState.Ok).Select(f => f.Setting));
        Assert.All(findings.Skip(2), f => Assert.Equal((FindingState.NotChecked, "not authorised"), (f.State, f.Why)));
    }

    [Fact]
    public void A_topic_that_may_not_be_seen_is_not_checked()
    {
        Assert.Equal(FindingState.NotChecked, Assert.Single(Check(t => new(t.Name) { Hidden = "not authorised" })).State);
    }

    private static IReadOnlyList<Finding> Check(Func<FoundTopic, FoundTopic> change)
    {
        var plan = TopicPlan.All(Names, 3).Single(p => p.Name == Names.Readings);
        return TopicCheck.Compare([plan], [change(AsPlanned(plan))]);
    }

    private static FoundTopic AsPlanned(TopicPlan plan) =>
        new(plan.Name) { Exists = true, Id = "id", Partitions = plan.Partitions, Replicas = plan.Replicas, Settings = plan.Settings };

    private static Dictionary<string, string> With(FoundTopic topic, string setting, string value) => new(topic.Settings!) { [setting] = value };
}
