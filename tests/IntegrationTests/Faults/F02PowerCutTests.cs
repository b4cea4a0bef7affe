using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>F2: the power goes, and what was not synced with it. F3: it goes again while the agent recovers.</summary>
[Collection(Alone.Name)]
public sealed class F02PowerCutTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("ssd", 1.25, 2, 100, 2000)]
    [InlineData("card", 6, 1, 20, 200)]
    public async Task F02_a_power_cut_costs_at_most_one_commit_group(string storage, double commitSeconds, int small, int ci, int nightly)
    {
        var cuts = FaultSize.Of(small, ci, nightly);
        var seed = FaultSize.Seed();
        var random = new Random(seed);
        using var folder = new TempFolder();
        await using var disk = await PowerCutDisk.Make(folder, megabytes: 160);
        Assert.SkipWhen(disk is null, "needs root and a loop device for an ext4 of its own; the outbox model plays power cuts in memory");
        await using var world = await World.Make(folder, storage, disk.Data);
        await world.StartCentre();

        await world.StartAgent();
        for (var cut = 1; cut <= cuts; cut++)
        {
            await World.Pause(TimeSpan.FromSeconds(random.NextDouble() * 1.2));
            await Cut(world, disk);
            await world.StartAgent();
        }

        await world.Settle();

        await world.Judge(new FaultResult("F2", $"power cut under the agent {storage}", seed) { Injected = cuts }, TimeSpan.FromSeconds(commitSeconds), output);
    }

    [Fact]
    public async Task F03_cut_off_again_and_again_while_it_recovers_loses_nothing()
    {
        Strace.Needed();
        var cuts = FaultSize.Of(1, 15, 300);
        var seed = FaultSize.Seed();
        var random = new Random(seed);
        using var folder = new TempFolder();
        await using var disk = await PowerCutDisk.Make(folder, megabytes: 160);
        Assert.SkipWhen(disk is null, "needs root and a loop device for an ext4 of its own; the outbox model plays power cuts in memory");
        await using var world = await World.Make(folder, agentFolder: disk.Data);
        await world.StartCentre();

        for (var cut = 1; cut <= cuts; cut++)
        {
            await world.StartAgent();
            await World.Pause(TimeSpan.FromSeconds(random.NextDouble()));
            await Cut(world, disk);
            foreach (var call in (string[])["fallocate", "pwrite64", "fdatasync"])
            {
                await using var starting = world.StartAgentUnder(Strace.Program, Strace.KillAt(call, random.Next(1, 3)));
                await world.EndsOrIsKilled(starting, TimeSpan.FromSeconds(5));
                disk.Cut();
                await disk.Return();
            }
        }

        await world.StartAgent();
        await world.Answers(5);
        await world.Settle();

        await world.Judge(new FaultResult("F3", "power cut then three cuts while starting", seed) { Injected = cuts * 4 }, TimeSpan.FromSeconds(1.25), output);
    }

    /// <summary>The disk goes first: what the agent does in its last moments reaches nothing.</summary>
    private static async Task Cut(World world, PowerCutDisk disk)
    {
        disk.Cut();
        await world.KillAgent();
        await disk.Return();
    }
}
