using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>F10: the link flaps, swallows, delays; the agent keeps everything and the link is used again at once.</summary>
[Collection(Alone.Name)]
public sealed class F10LinkTests(ITestOutputHelper output)
{
    [Fact]
    public async Task F10_a_link_that_flaps_swallows_and_delays_costs_nothing()
    {
        var turns = FaultSize.Of(4, 60, 1500);
        var seed = FaultSize.Seed();
        var random = new Random(seed);
        using var folder = new TempFolder();
        await using var world = await World.Make(folder);
        await world.StartCentre();
        await world.StartAgent();

        for (var turn = 0; turn < turns; turn++)
        {
            world.Wire.Delay = random.Next(3) == 0 ? TimeSpan.FromMilliseconds(random.Next(300)) : TimeSpan.Zero;
            world.Wire.Set((Wire)random.Next(3));
            await World.Pause(TimeSpan.FromSeconds(random.NextDouble() * 2));
        }

        world.Wire.Delay = TimeSpan.Zero;
        world.Wire.Set(Wire.Cut);
        world.Wire.Set(Wire.Passes);
        var back = TimeProvider.System.GetUtcNow();
        await Until.True("new readings arrive again", () => HistoryFile.Points(world.CentreFolder).Any(point => point.Ts > back));
        world.Recovered(TimeProvider.System.GetUtcNow() - back);
        await world.Settle();

        await world.Judge(new FaultResult("F10", "link flaps swallows delays", seed) { Injected = turns }, TimeSpan.Zero, output);
    }
}
