using System.Globalization;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Acceptance;

/// <summary>Fifty kills in all, half of them in each storage mode. The seed is printed; PENSTOCK_SEED repeats a run.</summary>
[Collection(Alone.Name)]
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int KillsPerMode = 25;

    [Theory]
    [InlineData("ssd", 0.25, 2)]
    [InlineData("card", 5, 7)]
    public async Task Killed_at_random_no_accepted_number_is_lost_or_doubled(string storage, double groupSeconds, double longestAbsence)
    {
        var random = new Random(Seed());
        using var folder = new TempFolder();
        await using var device = await Peer.Start("counting_device.py", folder["answered"]);
        await using var wire = new LinkProxy();
        var plant = new Plant(folder) { To = wire.Address, Storage = storage, Timeout = "5s" }
            .Profile("count", "100ms", "uint32", "count").Device("counter", "count", device.Port);
        await using var run = new CrashRun(folder, plant.Write(), random, output.WriteLine)
        {
            Wire = wire,
            LongestAbsence = TimeSpan.FromSeconds(longestAbsence),
        };

        await run.Start();
        while (run.Kills < KillsPerMode)
            await run.Turn();
        await run.Settle();

        var points = await run.Centre.History(plant.Site("counter", "count"));
        var stored = points.Where(point => point.Q == "good").ToList();
        var answered = CrashOracle.Read(folder["answered"]);
        var oracle = new CrashOracle(answered, run.JudgedUntil, stored, [.. points.Where(point => point.Q != "good")], await run.Centre.Gaps());
        output.WriteLine($"{answered.Count} answered, {stored.Count} stored, {oracle.Missing} lost in {run.AgentKills.Count} kills of the agent and told by gaps");
        var wrong = oracle.Judge(run.AgentKills, TimeSpan.FromSeconds(groupSeconds + 1));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        BothLanesCarried(stored);
    }

    private static void BothLanesCarried(IReadOnlyList<Point> stored)
    {
        Assert.Contains(stored, point => point.Committed - point.Ts < TimeSpan.FromSeconds(0.5));
        Assert.Contains(stored, point => point.Committed - point.Ts > TimeSpan.FromSeconds(1));
    }

    private int Seed()
    {
        var wished = Environment.GetEnvironmentVariable("PENSTOCK_SEED");
        var seed = wished is null ? Random.Shared.Next() : int.Parse(wished, CultureInfo.InvariantCulture);
        output.WriteLine($"PENSTOCK_SEED={seed}");
        return seed;
    }
}
