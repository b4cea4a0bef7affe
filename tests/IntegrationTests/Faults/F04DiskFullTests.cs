using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>
/// F4: a disk that is really full, of bytes or of names. A segment that cannot be allocated goes into the spare, and the oldest
/// waiting records make room: a gap names them.
/// </summary>
[Collection(Alone.Name)]
public sealed class F04DiskFullTests(ITestOutputHelper output)
{
    [Fact]
    public async Task F04_started_and_killed_on_a_full_disk_the_agent_delivers_what_waits()
    {
        Needs.Root();
        var rounds = FaultSize.Of(1, 5, 50);
        using var folder = new TempFolder();
        await using var disk = await SmallDisk.Mount(folder["disk"], megabytes: 24);
        Assert.SkipUnless(disk.Mounted, "needs the right to mount a tmpfs");
        await using var world = await World.Make(folder, agentFolder: Path.Combine(disk.Path, "agent"));
        await world.StartCentre();

        for (var round = 0; round < rounds; round++)
        {
            await world.StartAgent();
            await world.Answers(3);
            world.Wire.Set(Wire.Cut);
            await world.Answers(3);
            await world.StopAgent();
            disk.Fill();
            await world.StartAgent();
            await world.Answers(3);
            await world.KillAgent();
            await world.StartAgent();
            world.Wire.Set(Wire.Passes);
            await world.Answers(3);
            disk.Free();
            await world.Answers(3);
            await world.KillAgent();
        }

        await world.StartAgent();
        await world.Answers(3);
        await world.Settle();

        await world.Judge(new FaultResult("F4", "started and killed on a full disk", 0) { Injected = rounds * 2 }, TimeSpan.FromSeconds(3), output, mediumWasFull: true);
    }
}
