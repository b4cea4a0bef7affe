using System.Text.RegularExpressions;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>The proof is itself proven: what is planted is found by the oracle and by <c>verify</c>, which share no code.</summary>
public sealed partial class ProofTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Planted_losses_and_doubles_are_found_by_the_oracle_and_by_verify()
    {
        using var folder = new TempFolder();
        await using var centre = await Centre.Start(folder["centre"]);
        var load = new LoadRun(folder);
        await load.Send("--http", centre.Address, "--records", "5000", "--gaps", "100");
        var before = (await load.Judge(LoadRun.Sqlite(centre)), await LoadRun.Verify("--data", centre.Folder));

        await LoadRun.Plant(4, 3, LoadRun.Sqlite(centre));
        var (oracle, (exitCode, proof)) = (await load.Judge(LoadRun.Sqlite(centre)), await LoadRun.Verify("--data", centre.Folder));

        output.WriteLine(oracle.Output);
        Assert.Equal((0, 0), (before.Item1.ExitCode, before.Item2.ExitCode));
        Assert.Matches("4 lost, 3 double, 0 changed, 0 foreign", oracle.Output);
        Assert.Equal((1, 4L, 3L), (exitCode, proof["lost"]!.GetValue<long>(), proof["double"]!.GetValue<long>()));
    }

    [Fact]
    public async Task What_an_agent_claims_and_never_sent_is_found_by_the_oracle_and_by_verify()
    {
        using var folder = new TempFolder();
        await using var centre = await Centre.Start(folder["centre"]);
        var load = new LoadRun(folder);

        await load.Send("--http", centre.Address, "--records", "5000", "--lose", "5");
        var (oracle, (exitCode, proof)) = (await load.Judge(LoadRun.Sqlite(centre)), await LoadRun.Verify("--data", centre.Folder));

        var lost = Lost().Match(oracle.Output).Groups[1].Value;
        Assert.Equal("10", lost);
        Assert.Equal((1, 10L), (exitCode, proof["lost"]!.GetValue<long>()));
    }

    [GeneratedRegex("([0-9]+) lost")]
    private static partial Regex Lost();
}
