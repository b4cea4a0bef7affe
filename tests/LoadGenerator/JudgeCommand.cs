using System.CommandLine;

namespace Penstock.LoadGenerator;

/// <summary><c>judge</c>: compares the historian with the reference. <c>plant</c>: makes something to find.</summary>
internal static class JudgeCommand
{
    private static readonly Option<string?> Sqlite = new("--sqlite") { Description = "The history file of a centre." };
    private static readonly Option<string?> Postgres = new("--postgres") { Description = "Connection string of the historian." };

    public static Command Create()
    {
        var ledger = new Option<string>("--ledger") { Description = "The ledger that 'send' wrote.", Required = true };
        var wait = new Option<double>("--wait") { Description = "Seconds to wait for what is still on its way." };
        var command = new Command("judge", "Compares the historian with the ledger; ends with 1 when they differ.") { ledger, wait, Sqlite, Postgres };
        command.SetAction((parsed, cancel) => JudgeAsync(parsed.GetRequiredValue(ledger), Rows(parsed), TimeSpan.FromSeconds(parsed.GetValue(wait)), cancel));
        return command;
    }

    public static Command CreatePlant()
    {
        var losses = new Option<int>("--losses");
        var doubles = new Option<int>("--doubles");
        var command = new Command("plant", "Deletes rows and doubles rows in the historian.") { losses, doubles, Sqlite, Postgres };
        command.SetAction((parsed, _) => Planting.RunAsync(Rows(parsed), parsed.GetValue(losses), parsed.GetValue(doubles)));
        return command;
    }

    private static StoredRows Rows(ParseResult parsed) => new(parsed.GetValue(Sqlite), parsed.GetValue(Postgres));

    private static async Task<int> JudgeAsync(string ledger, StoredRows rows, TimeSpan wait, CancellationToken cancel)
    {
        var (plan, acknowledged) = RunLedger.Read(ledger);
        var clock = TimeProvider.System;
        var began = clock.GetTimestamp();
        Judgement judgement;
        do
        {
            judgement = await new Oracle(plan, acknowledged).JudgeAsync(rows.ReadAsync());
            if (judgement.IsClean || clock.GetElapsedTime(began) >= wait)
                break;
            await Task.Delay(TimeSpan.FromSeconds(1), clock, cancel);
        }
        while (true);
        foreach (var finding in judgement.Findings)
            Console.WriteLine(finding);
        Console.WriteLine(judgement);
        return judgement.IsClean ? 0 : 1;
    }
}
