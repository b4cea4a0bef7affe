using System.CommandLine;

namespace Penstock.LoadGenerator;

/// <summary><c>send</c>: plays the agents and writes the ledger.</summary>
internal static class SendCommand
{
    private static readonly Option<string?> Http = new("--http") { Description = "Address of a centre." };
    private static readonly Option<string?> Kafka = new("--kafka") { Description = "Bootstrap servers of a cluster." };
    private static readonly Option<string> Ledger = new("--ledger") { Description = "File to write what was acknowledged to.", Required = true };
    private static readonly Option<int> Seed = new("--seed") { DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Agents = new("--agents") { DefaultValueFactory = _ => 2 };
    private static readonly Option<long> Records = new("--records") { Description = "Numbers of each agent.", DefaultValueFactory = _ => 10_000 };
    private static readonly Option<int> Tags = new("--tags") { Description = "Tags of each agent.", DefaultValueFactory = _ => 50 };
    private static readonly Option<double> Rate = new("--rate") { Description = "Records a second of all agents together, sampled as they are sent; 0 = as fast as can be." };
    private static readonly Option<int> Gaps = new("--gaps") { Description = "Of a thousand blocks of 100 numbers, how many have lost some and say so." };
    private static readonly Option<int> Lose = new("--lose") { Description = "Numbers of each agent that are claimed and never sent." };
    private static readonly Option<int> Batch = new("--batch") { DefaultValueFactory = _ => 200 };
    private static readonly Option<double> Duplicates = new("--duplicates") { Description = "Share of batches that are sent once more." };
    private static readonly Option<int> Shuffle = new("--shuffle") { Description = "Random order over that many batches.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Replays = new("--replays") { Description = "How often everything is sent again." };
    private static readonly Option<double> Patience = new("--patience") { Description = "Seconds to insist on one batch.", DefaultValueFactory = _ => 120 };

    public static Command Create()
    {
        var command = new Command("send", "Plays agents. SIGTERM ends it in order: what was begun is finished and accounted for.")
        {
            Http, Kafka, Ledger, Seed, Agents, Records, Tags, Rate, Gaps, Lose, Batch, Duplicates, Shuffle, Replays, Patience,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var clock = TimeProvider.System;
        var rate = parsed.GetValue(Rate);
        var agents = parsed.GetValue(Agents);
        var step = rate > 0 ? (long)(1e6 * agents / rate) : 1000;
        var records = parsed.GetValue(Records);
        // Without a rate the content is of the past, so that it is history when it arrives.
        var start = ((clock.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / 10) - (rate > 0 ? 0 : records * step);
        var plan = new LoadPlan(parsed.GetValue(Seed), agents, records, parsed.GetValue(Tags), start, step, parsed.GetValue(Gaps), parsed.GetValue(Lose));
        var traffic = new TrafficOptions
        {
            Batch = parsed.GetValue(Batch),
            Duplicates = parsed.GetValue(Duplicates),
            Shuffle = parsed.GetValue(Shuffle),
            Replays = parsed.GetValue(Replays),
        };
        await using ITarget target = parsed.GetValue(Kafka) is { } servers ? new KafkaTarget(servers)
            : new HttpTarget(new Uri(parsed.GetValue(Http) ?? throw new ArgumentException("name the far end with --http or --kafka")));
        using var ledger = new RunLedger(parsed.GetRequiredValue(Ledger), plan);
        var sender = new Sender(plan, traffic, target, ledger, clock, Console.Error.WriteLine);
        var began = clock.GetTimestamp();
        await sender.RunAsync(TimeSpan.FromSeconds(parsed.GetValue(Patience)), rate > 0, cancel);
        var took = clock.GetElapsedTime(began);
        Console.WriteLine($"sent {sender.Sent} records in {took.TotalSeconds:0.0} s ({sender.Sent / took.TotalSeconds:0} a second), {sender.Retries} retries");
        return 0;
    }
}
