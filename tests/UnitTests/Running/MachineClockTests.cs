using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Contracts;
using Penstock.EdgeAgent.Running;
using Penstock.UnitTests.Outbox;
using Xunit;

namespace Penstock.UnitTests.Running;

public sealed class MachineClockTests
{
    private readonly ModelClock _wall = new();
    private readonly SteadyClock _steady;
    private bool? _kernelSays;

    public MachineClockTests() => _steady = new SteadyClock(_wall);

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

    [Fact]
    public void A_forward_step_is_told_once_and_later_stamps_follow_it()
    {
        var clock = Clock();
        clock.Check();

        _wall.Step(TimeSpan.FromHours(1));
        var told = clock.Check();

        Assert.Equal(TimeSpan.FromHours(1), told);
        Assert.Equal(ClockState.Stepped, clock.State);
        Assert.Equal(_wall.GetUtcNow(), _steady.GetUtcNow());
        Assert.Null(clock.Check());
        Assert.Null(clock.Rest());
    }

    [Fact]
    public void A_backward_step_never_takes_stamps_back_and_is_told_again_every_hour_and_at_the_end()
    {
        var clock = Clock();
        clock.Check();
        var before = _steady.GetUtcNow();

        _wall.Step(TimeSpan.FromHours(-2));

        Assert.Equal(TimeSpan.FromHours(-2), clock.Check());
        Assert.True(_steady.GetUtcNow() >= before);
        Assert.Null(clock.Check());
        _wall.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromHours(-2), clock.Check());
        Assert.Equal(TimeSpan.FromHours(-2), clock.Rest());
        Assert.Equal(ClockState.Stepped, clock.State);
    }

    [Fact]
    public void A_start_in_1970_is_unsynced_and_the_offset_is_told_when_the_time_comes()
    {
        _wall.Step(DateTimeOffset.UnixEpoch - _wall.GetUtcNow());
        var steady = new SteadyClock(_wall);
        var clock = new MachineClock(() => _kernelSays, steady, NullLogger.Instance);
        Assert.Equal(ClockState.Unsynced, Look(clock, false));

        _wall.Step(TimeSpan.FromDays(20_000));
        _kernelSays = true;

        Assert.Equal(TimeSpan.FromDays(20_000), clock.Check());
        Assert.Equal(_wall.GetUtcNow(), steady.GetUtcNow());
        _wall.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(ClockState.Synchronised, Look(clock, true));
    }

    [Fact]
    public void Slow_drift_is_followed_without_an_event_and_time_never_stands_still()
    {
        var clock = Clock();
        for (var second = 0; second < 100; second++)
        {
            var before = _steady.GetUtcNow();
            _wall.Advance(TimeSpan.FromSeconds(1));
            _wall.Step(TimeSpan.FromMilliseconds(-0.5));

            Assert.Null(clock.Check());
            Assert.True(_steady.GetUtcNow() > before);
        }

        Assert.InRange(_steady.Away.TotalMilliseconds, -1, 1);
    }

    private MachineClock Clock() => new(() => _kernelSays, _steady, NullLogger.Instance);

    private ClockState Look(MachineClock clock, bool? says)
    {
        _kernelSays = says;
        clock.Check();
        return clock.State;
    }
}
