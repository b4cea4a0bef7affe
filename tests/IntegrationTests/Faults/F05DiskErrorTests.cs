using System.Text.RegularExpressions;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>
/// F4, F5, F7: the disk is full, a sync fails, the medium turns read-only and comes back. The agent lives on, says so, and
/// heals by itself.
/// </summary>
[Collection(Alone.Name)]
public sealed partial class F05DiskErrorTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("F4", "disk full at the n-th write", "pwrite64", "ENOSPC", 0)]
    [InlineData("F5", "I/O error at the n-th sync", "fdatasync", "EIO", 0)]
    [InlineData("F7", "medium read-only for some writes", "pwrite64", "EROFS", 4)]
    public async Task F04_F05_F07_a_failing_disk_costs_nothing_that_was_accepted(string fault, string what, string call, string error, int more)
    {
        Strace.Needed();
        var steps = FaultSize.Of(1, 12, 100);
        using var folder = new TempFolder();
        await using var world = await World.Make(folder);
        await world.StartCentre();

        for (var step = 1; step <= steps; step++)
            await FailOnce(world, Strace.FailAt(call, error, step + 4, step + 4 + more));
        await world.StartAgent();
        await world.Answers(3);
        await world.Settle();

        await world.Judge(new FaultResult(fault, what, 0) { Injected = steps }, TimeSpan.FromSeconds(1.25), output);
    }

    private static async Task FailOnce(World world, string[] how)
    {
        await using var traced = world.StartAgentUnder(Strace.Program, how);
        await traced.Line("the agent has trouble", Trouble(), TimeSpan.FromSeconds(60));
        await traced.Line("the agent healed", Healed(), TimeSpan.FromSeconds(60));
        await world.Answers(3);
        await world.StopTraced(traced);
    }

    [GeneratedRegex("outbox cannot write")]
    private static partial Regex Trouble();

    [GeneratedRegex("outbox writes again|writes again")]
    private static partial Regex Healed();
}
