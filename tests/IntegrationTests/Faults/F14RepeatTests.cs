using System.Globalization;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>F14: batches come twice, shuffled, and again. F12: the centre is killed while they come.</summary>
[Collection(Alone.Name)]
public sealed class F14RepeatTests(ITestOutputHelper output)
{
    [Fact]
    public async Task F14_duplicated_shuffled_and_replayed_records_leave_the_historian_equal_to_the_reference()
    {
        var records = FaultSize.Of(5_000, 333_334, 3_000_000);
        var seed = FaultSize.Seed();
        using var folder = new TempFolder();
        await using var centre = await Centre.Start(folder["centre"]);
        var load = new LoadRun(folder);

        var sent = await load.Send(
            "--http", centre.Address, "--agents", "3", "--records", Text(records), "--seed", Text(seed), "--gaps", "50",
            "--duplicates", "0.3", "--shuffle", "20", "--replays", "1");

        Assert.Equal(0, sent.ExitCode);
        output.WriteLine(sent.Output);
        await Judge(load, centre, new FaultResult("F14", "duplicated shuffled replayed records", seed) { Injected = records * 3, Records = records * 3 });
    }

    [Fact]
    public async Task F12_a_centre_killed_between_commit_and_answer_stores_nothing_twice()
    {
        var kills = FaultSize.Of(2, 40, 200);
        var seed = FaultSize.Seed();
        var random = new Random(seed);
        using var folder = new TempFolder();
        var port = (await StartOnce(folder)).ToString(CultureInfo.InvariantCulture);
        var load = new LoadRun(folder);
        var records = kills * 4_000;

        await using var sending = load.StartSending(
            "--http", $"http://127.0.0.1:{port}", "--records", Text(records), "--seed", Text(seed), "--duplicates", "0.2", "--rate", "4000");
        var longest = TimeSpan.Zero;
        for (var kill = 0; kill < kills; kill++)
        {
            var began = TimeProvider.System.GetTimestamp();
            await using var running = await Centre.Start(folder["centre"], int.Parse(port, CultureInfo.InvariantCulture));
            var took = TimeProvider.System.GetElapsedTime(began);
            longest = took > longest ? took : longest;
            await World.Pause(TimeSpan.FromSeconds(random.NextDouble()));
            await running.Program.Kill();
        }

        await using var centre = await Centre.Start(folder["centre"], int.Parse(port, CultureInfo.InvariantCulture));
        Assert.Equal(0, await sending.End(TimeSpan.FromMinutes(20)));

        await Judge(load, centre, new FaultResult("F12", "kill -9 of the centre under load", seed) { Injected = kills, Records = records * 2, Recovery = longest });
    }

    private static async Task<int> StartOnce(TempFolder folder)
    {
        await using var centre = await Centre.Start(folder["centre"]);
        return centre.Port;
    }

    private async Task Judge(LoadRun load, Centre centre, FaultResult result)
    {
        var oracle = await load.Judge(LoadRun.Sqlite(centre));
        var (exitCode, proof) = await LoadRun.Verify("--data", centre.Folder);

        List<string> wrong = [];
        if (oracle.ExitCode != 0)
            wrong.Add(oracle.Output);
        if (exitCode != 0)
            wrong.Add(proof.ToJsonString());
        output.WriteLine(oracle.Output);
        (result with
        {
            Lost = proof["lost"]!.GetValue<long>(),
            Double = proof["double"]!.GetValue<long>(),
            Unexplained = proof["unexplained"]!.GetValue<long>(),
        }).Tell(output, wrong);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
