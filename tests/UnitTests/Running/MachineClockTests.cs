using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Contracts;
using Penstock.EdgeAgent.Running;
using Xunit;

namespace Penstock.UnitTests.Running;

public sealed class MachineClockTests
{
    private bool? _kernelSays;

    [Theory]
    [InlineData(true, ClockState.Synchronised)]
    [InlineData(false, ClockState.Unsynced)]
    [InlineData(null, ClockState.Unsynced)]
    public void The_first_look_tells_what_the_kernel_says(bool? says, ClockState state)
    {
        Assert.Equal(state, Look(Clock(), says));
    }

    [Fact]
    public void A_clock_that_was_synchronised_once_is_in_holdover_when_its_source_is_away()
    {
        var clock = Clock();

        Assert.Equal(ClockState.Synchronised, Look(clock, true));
        Assert.Equal(ClockState.Holdover, Look(clock, false));
        Assert.Equal(ClockState.Synchronised, Look(clock, true));
    }

    private MachineClock Clock() => new(() => _kernelSays, NullLogger.Instance);

    private ClockState Look(MachineClock clock, bool? says)
    {
        _kernelSays = says;
        clock.Check();
        return clock.State;
    }
}
