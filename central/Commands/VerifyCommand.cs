using System.CommandLine;
using System.Text.Json;
using Penstock.Central.Data;
using Penstock.Central.Historian;
using Penstock.Central.Historian.Postgres;
using Penstock.Central.Historian.Sqlite;
using Penstock.Central.Verify;

namespace Penstock.Central.Commands;

/// <summary><c>penstock-central verify</c>.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var format = new Option<string>("--format") { Description = "text for people, json for programs.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var grace = new Option<double>("--grace-seconds")
        {
            Description = "How long a record may be under way before its absence counts.",
            DefaultValueFactory = _ => 60,
        };
        var command = new Command("verify", "Proves that every number an agent gave is stored once or explained; ends with 1 when not. Also while the centre runs.")
        {
            data, format, grace,
        };
        var history = new HistorianOptions();
        history.AddTo(command);
        command.SetAction((parsed, cancel) => CommonOptions.GuardAsync(() => RunAsync(
            Holdings(history.ServerOf(parsed), parsed.GetRequiredValue(data)), parsed.GetRequiredValue(format) == "json", TimeSpan.FromSeconds(parsed.GetValue(grace)), cancel)));
        return command;
    }

    private static async Task<int> RunAsync(IHoldingsReader holdings, bool json, TimeSpan grace, CancellationToken cancel)
    {
        var audit = new Audit(TimeProvider.System, grace);
        var verdicts = await audit.RunAsync(holdings, () => Show(audit), cancel);
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(VerifyView.Of(verdicts), CentralJson.Wire.VerifyView));
        else
            VerifyReport.Write(verdicts, Console.Out);
        return verdicts.All(verdict => verdict.IsClean) ? ExitCode.Fine : ExitCode.Problem;
    }

    private static IHoldingsReader Holdings(Server? server, string data) =>
        server is null ? new SqliteHoldings(new CentralOptions { DataFolder = DataFolder.Existing(data) }.HistoryFile) : new PostgresHoldings(server);

    private static void Show(Audit audit)
    {
        if (!Console.IsErrorRedirected)
            Console.Error.Write($"\r{audit.Read} of about {audit.Expected} rows\r");
    }
}
