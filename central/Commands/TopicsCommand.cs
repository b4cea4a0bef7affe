using System.CommandLine;
using Confluent.Kafka;
using Penstock.Central.Kafka;
using Penstock.Central.Kafka.Check;

namespace Penstock.Central.Commands;

/// <summary><c>penstock-central topics check|apply</c>.</summary>
internal static class TopicsCommand
{
    private const int MaxPartitions = 1000;

    public static Command Create() => new("topics", "Looks after the Kafka topics.")
    {
        Create("check", "Tells which topics differ from what Penstock needs; changes nothing.", (admin, options, partitions, _) => TopicsLook.AtAsync(admin, options, partitions)),
        Create("apply", "Makes missing topics and sets what differs. Partitions and replicas of a topic that is there stay as they are.", ApplyAsync),
    };

    private static Command Create(string name, string what, Func<IAdminClient, KafkaOptions, int?, Action<string>, Task<TopicsLook>> look)
    {
        var kafka = new KafkaArguments();
        kafka.Brokers.Required = true;
        var partitions = new Option<int?>("--partitions") { Description = "Partitions of the readings topic; 2 to 3 times the number of centres. Default 6." };
        var format = new Option<string>("--format") { Description = "text or json.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var command = new Command(name, what) { partitions, format };
        kafka.AddTo(command);
        command.SetAction((parsed, _) => CommonOptions.GuardAsync(() => RunAsync(
            kafka.Of(parsed)!, parsed.GetValue(partitions), parsed.GetValue(format) == "json", look))); // the brokers are required
        return command;
    }

    private static async Task<int> RunAsync(
        KafkaOptions options, int? partitions, bool asJson, Func<IAdminClient, KafkaOptions, int?, Action<string>, Task<TopicsLook>> look)
    {
        if (partitions is < 1 or > MaxPartitions)
            throw new StartException($"--partitions {partitions} is not from 1 to {MaxPartitions}", ExitCode.WrongUsage);
        using var admin = KafkaClients.BuildAdmin(options);
        var found = await look(admin, options, partitions, line => (asJson ? Console.Error : Console.Out).WriteLine(line));
        Console.WriteLine(asJson ? TopicReport.Json(found.Findings) : TopicReport.Table(found.Findings).TrimEnd());
        return found.IsFine ? ExitCode.Fine : ExitCode.Problem;
    }

    private static async Task<TopicsLook> ApplyAsync(IAdminClient admin, KafkaOptions options, int? partitions, Action<string> say)
    {
        var before = await TopicsLook.AtAsync(admin, options, partitions);
        foreach (var line in await TopicAdmin.ApplyAsync(admin, before.Plans, before.Findings))
            say(line);
        return await SettledAsync(admin, options, partitions, before.Plans);
    }

    // A broker that did not make the topic itself learns of it a moment later.
    private static async Task<TopicsLook> SettledAsync(IAdminClient admin, KafkaOptions options, int? partitions, IReadOnlyList<TopicPlan> plans)
    {
        var look = await TopicsLook.AtAsync(admin, options, partitions);
        for (var tries = 0; tries < plans.Count && look.Findings.Any(f => f.State == FindingState.Missing || f.CanBeSet); tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
            look = await TopicsLook.AtAsync(admin, options, partitions);
        }

        return look;
    }
}
