using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Acceptance;

/// <summary>How the agent starts, ends and starts again.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task A_second_agent_on_the_same_data_folder_is_refused_by_name_of_the_first()
    {
        using var folder = new TempFolder();
        var site = Counting(new Plant(folder), 502).Write();
        await using var first = await Agent.Start(site, folder["agent"]);

        var second = await RunningProgram.Run(Repository.Agent, "run", "--site", site, "--data", folder["agent"], "--listen", "127.0.0.1:0");

        Assert.InRange(second.ExitCode, 1, 2);
        Assert.Contains(first.Program.Id.ToString(CultureInfo.InvariantCulture), second.Output, StringComparison.Ordinal);
        Assert.False(first.Program.HasEnded);
    }

    [Fact]
    public async Task Told_to_stop_it_ends_within_5_s_and_the_next_start_tells_of_no_gap_but_the_stop()
    {
        using var folder = new TempFolder();
        await using var device = await Peer.Start("counting_device.py", folder["answered"]);
        await using var centre = await Centre.Start(folder["centre"]);
        var plant = Counting(new Plant(folder) { To = centre.Address, Timeout = "5s" }, device.Port);
        var site = plant.Write();
        await using var first = await Agent.Start(site, folder["agent"]);
        await Until.True("readings arrive", async () => (await centre.History(plant.Site("counter", "count"))).Count > 5);

        var watch = Stopwatch.StartNew();
        first.Program.Term();
        var code = await first.Program.End();
        var took = watch.Elapsed;

        Assert.Equal(0, code);
        Assert.True(took <= TimeSpan.FromSeconds(5), $"ended after {took}");
        var before = File.ReadLines(folder["answered"]).Count();
        await using var second = await Agent.Start(site, folder["agent"]);
        await Until.True("readings go on", async () => (await centre.History(plant.Site("counter", "count"))).Count > before + 5);
        var points = await centre.History(plant.Site("counter", "count"));
        Assert.Equal(Enumerable.Range(1, points.Count), points.Select(point => (int)point.Value!));
        Assert.Equal(2, points.Select(point => point.Epoch).Distinct().Count());
        // A machine under load may miss polls of 250 ms; that is told for itself and is not what the stop left.
        var causes = (await centre.Gaps()).Select(gap => gap["cause"]!.GetValue<string>()).Where(cause => cause != "missed-polls");
        Assert.All(causes, cause => Assert.Equal("stopped", cause));
    }

    [Fact]
    public async Task Told_to_stop_while_it_starts_it_ends_in_order()
    {
        using var folder = new TempFolder();
        var site = Counting(new Plant(folder), 9).Write();

        for (var time = 0; time < 3; time++)
        {
            await using var agent = await Agent.Start(site, folder["agent"]);
            agent.Program.Term();

            Assert.Equal(0, await agent.Program.End());
        }
    }

    [Fact]
    public async Task A_site_file_that_became_wrong_does_not_stop_the_agent_after_a_restart_either()
    {
        using var folder = new TempFolder();
        await using var device = await Peer.Start("counting_device.py", folder["answered"]);
        await using var centre = await Centre.Start(folder["centre"]);
        var plant = Counting(new Plant(folder) { To = centre.Address, Timeout = "5s" }, device.Port);
        var site = plant.Write();
        await using (var first = await Agent.Start(site, folder["agent"]))
        {
            await Until.True("readings arrive", async () => (await centre.History(plant.Site("counter", "count"))).Count > 2);
            first.Program.Term();
            await first.Program.End();
        }

        plant.Add("devises: []").Write();
        await using var second = await Agent.Start(site, folder["agent"]);
        var before = (await centre.History(plant.Site("counter", "count"))).Count;

        await Until.True("readings go on", async () => (await centre.History(plant.Site("counter", "count"))).Count > before + 2);
        Assert.Contains("last good", second.Program.Output, StringComparison.OrdinalIgnoreCase);
        await Until.True("the heartbeat says so", async () => (await centre.Agents()).Any(SaysLastGood));
    }

    [Fact]
    public async Task The_agent_for_arm64_starts_reads_a_device_and_delivers()
    {
        Needs.Program("/usr/bin/qemu-aarch64-static", "qemu-user-static");
        Needs.Program("/usr/aarch64-linux-gnu/lib/libstdc++.so.6", "libstdc++6-arm64-cross libc6-arm64-cross");
        var published = Repository.Path("artifacts/publish/linux-arm64/penstock");
        Assert.SkipUnless(File.Exists(published), "needs the published agent: make publish");
        using var folder = new TempFolder();
        await using var device = await Peer.Start("counting_device.py", folder["answered"]);
        await using var centre = await Centre.Start(folder["centre"]);
        var plant = Counting(new Plant(folder) { To = centre.Address, Timeout = "5s" }, device.Port);

        await using var emulated = RunningProgram.Start(
            "/usr/bin/qemu-aarch64-static",
            ["-L", "/usr/aarch64-linux-gnu", published, "run", "--site", plant.Write(), "--data", folder["agent"], "--listen", "127.0.0.1:0"]);

        await Until.True(
            $"a value arrives\n{emulated.Output}",
            async () => (await centre.Latest(plant.Site("counter", "count")))?["q"]?.GetValue<string>() == "good",
            TimeSpan.FromSeconds(90));
        emulated.Term();
        Assert.Equal(0, await emulated.End());
    }

    private static bool SaysLastGood(JsonNode agent) =>
        agent["heartbeat"]?["notes"]?.AsArray().Any(note => note!.GetValue<string>().Contains("last good", StringComparison.OrdinalIgnoreCase)) == true;

    private static Plant Counting(Plant plant, int port) =>
        plant.Profile("count", "250ms", "uint32", "count").Device("counter", "count", port);
}
