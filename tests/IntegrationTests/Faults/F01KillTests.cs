using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>F1: the agent ends by SIGKILL, at random and at the n-th write and sync.</summary>
[Collection(Alone.Name)]
public sealed class F01KillTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Commit = TimeSpan.FromSeconds(1.25);

    [Fact]
    public async Task F01_killed_at_random_loses_and_doubles_nothing()
    {
        var kills = FaultSize.Of(4, 200, 5000);
        var seed = FaultSize.Seed();
        var random = new Random(seed);
        using var folder = new TempFolder();
        await using var world = await World.Make(folder);
        await world.StartCentre();

        await world.StartAgent();
        while (world.Kills < kills)
        {
            await World.Pause(TimeSpan.FromSeconds(random.NextDouble() * 1.2));
            await world.KillAgent();
            await world.StartAgent();
        }

        await world.Settle();

        await world.Judge(new FaultResult("F1", "kill -9 of the agent at random", seed) { Injected = world.Kills }, Commit, output);
    }

    [Theory]
    [InlineData("fdatasync")]
    [InlineData("pwrite64")]
    public async Task F01_killed_at_the_nth_durable_step_loses_and_doubles_nothing(string call)
    {
        Strace.Needed();
        var steps = FaultSize.Of(2, 30, 300);
        using var folder = new TempFolder();
        await using var world = await World.Make(folder);
        await world.StartCentre();

        for (var n = 1; n <= steps; n++)
        {
            await using var agent = world.StartAgentUnder(Strace.Program, Strace.KillAt(call, n));
            await world.EndsOrIsKilled(agent, TimeSpan.FromSeconds(15));
        }

        await world.StartAgent();
        await world.Answers(5);
        await world.Settle();

        await world.Judge(new FaultResult("F1", $"kill -9 of the agent at the n-th {call}", 0) { Injected = steps }, Commit, output);
    }
}
