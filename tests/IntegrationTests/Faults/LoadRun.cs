using System.Globalization;
using System.Text.Json.Nodes;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>The load generator and its oracle as programs, and the product's own proof beside them.</summary>
internal sealed class LoadRun(TempFolder folder)
{
    private static readonly string Program = Repository.Path("artifacts/build/bin/LoadGenerator/release/Penstock.LoadGenerator");

    public string Ledger => folder["ledger"];

    public Task<Ended> Send(params IEnumerable<string> options) => RunningProgram.Run(Program, ["send", "--ledger", Ledger, .. options]);

    public RunningProgram StartSending(params IEnumerable<string> options) => RunningProgram.Start(Program, ["send", "--ledger", Ledger, .. options]);

    /// <summary>The oracle, on a historian given as <c>--sqlite FILE</c> or <c>--postgres CONNECTION</c>.</summary>
    public Task<Ended> Judge(params IEnumerable<string> historian) => RunningProgram.Run(Program, ["judge", "--ledger", Ledger, .. historian]);

    public static Task<Ended> Plant(int losses, int doubles, params IEnumerable<string> historian) => RunningProgram.Run(
        Program, ["plant", "--losses", losses.ToString(CultureInfo.InvariantCulture), "--doubles", doubles.ToString(CultureInfo.InvariantCulture), .. historian]);

    public static async Task<(int ExitCode, JsonNode Proof)> Verify(params IEnumerable<string> arguments)
    {
        var ended = await RunningProgram.Run(TimeSpan.FromMinutes(15), Repository.Central, ["verify", "--format", "json", "--grace-seconds", "0", .. arguments]);
        return (ended.ExitCode, JsonNode.Parse(ended.Output.Split('\n').Last(line => line.StartsWith('{')))!); // json when it ran at all
    }

    public static string[] Sqlite(Centre centre) => ["--sqlite", Path.Combine(centre.Folder, "history.db")];
}
