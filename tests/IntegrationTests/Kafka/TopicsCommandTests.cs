using System.Text.Json.Nodes;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Kafka;

[Collection(OneKafka.Name)]
public sealed class TopicsCommandTests(SharedKafka kafka) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Apply_makes_what_is_missing_and_check_then_finds_nothing()
    {
        using var topics = PlantTopics.Named(await kafka.Server(), _folder);

        var before = await topics.Command("check");
        var applied = await topics.Command("apply", "--partitions", "4");
        var after = await topics.Command("check", "--partitions", "4");

        Assert.Equal((1, 0, 0), (before.ExitCode, applied.ExitCode, after.ExitCode));
        Assert.Contains("missing", before.Output, StringComparison.Ordinal);
        Assert.Contains($"made {topics["readings"]}: 4 partitions", applied.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("differs", after.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_names_what_differs_and_apply_sets_it_and_leaves_partitions_alone()
    {
        using var topics = await PlantTopics.Make(await kafka.Server(), _folder);
        await topics.Set("readings", "retention.ms", "1000");
        await topics.Set("agents", "cleanup.policy", "delete");

        var check = await topics.Command("check", "--format", "json", "--partitions", "12");
        var applied = await topics.Command("apply", "--partitions", "12");

        var findings = JsonNode.Parse(check.Output)!["findings"]!.AsArray().Where(f => f!["state"]!.GetValue<string>() == "differs").ToList();
        Assert.Equal(
            [$"{topics["agents"]} cleanup.policy warn", $"{topics["readings"]} partitions warn", $"{topics["readings"]} retention.ms warn"],
            findings.Select(f => $"{f!["topic"]} {f["setting"]} {f["then"]}").Order(StringComparer.Ordinal));
        Assert.Equal((1, 1), (check.ExitCode, applied.ExitCode));
        Assert.Contains("retention.ms 1000 -> 604800000", applied.Output, StringComparison.Ordinal);
        Assert.Single(applied.Output.Split('\n'), line => line.Contains("differs", StringComparison.Ordinal) && line.Contains("partitions", StringComparison.Ordinal));
        Assert.Equal(0, (await topics.Command("check")).ExitCode);
    }

    [Fact]
    public async Task No_broker_ends_with_1_and_wrong_usage_with_2()
    {
        var absent = await RunningProgram.Run(Repository.Central, "topics", "check", "--kafka", "127.0.0.1:1");
        var wrong = await RunningProgram.Run(Repository.Central, "topics", "check", "--kafka", "nowhere");

        Assert.Equal((1, 2), (absent.ExitCode, wrong.ExitCode));
        Assert.Contains("does not answer", absent.Output, StringComparison.Ordinal);
    }
}
