using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Contracts;
using Penstock.EdgeAgent.Running;
using Penstock.UnitTests.Outbox;
using Xunit;

namespace Penstock.UnitTests.Running;

public sealed class MachineClockTests
{
    private const string All = "all numbers of the run";
    private const string Latest = "those since the last word";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

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
    public void A_forward_step_is_told_once_for_all_numbers_and_later_stamps_follow_it()
    {
        var clock = Clock();
        clock.Check();

        _wall.Step(Hour);

        Told(clock.Check(), (Hour, All));
        Assert.Equal(ClockState.Stepped, clock.State);
        Assert.Equal(_wall.GetUtcNow(), _steady.GetUtcNow());
        Told(clock.Check());
        Told(clock.Rest());
    }

    [Fact]
    public void A_backward_step_never_takes_stamps_back_and_later_numbers_are_told_every_hour_and_at_the_end()
    {
        var clock = Clock();
        clock.Check();
        var before = _steady.GetUtcNow();

        _wall.Step(-2 * Hour);

        Told(clock.Check(), (-2 * Hour, All));
        Assert.True(_steady.GetUtcNow() >= before);
        Told(clock.Check());
        _wall.Advance(Hour);
        Told(clock.Check(), (-2 * Hour, Latest));
        Told(clock.Rest(), (-2 * Hour, Latest));
        Assert.Equal(ClockState.Stepped, clock.State);
    }

    [Fact]
    public void A_step_back_that_is_taken_back_leaves_nothing_to_add()
    {
        var clock = Clock();
        clock.Check();
        _wall.Step(-Hour);
        clock.Check();

        _wall.Step(Hour);

        Told(clock.Check(), (-Hour, Latest), (Hour, All));
        Told(clock.Rest());
    }

    [Fact]
    public void Steps_one_after_the_other_are_told_for_all_numbers_each()
    {
        var clock = Clock();
        clock.Check();

        _wall.Step(Hour);
        Told(clock.Check(), (Hour, All));
        _wall.Step(3 * Hour);
        Told(clock.Check(), (3 * Hour, All));
        _wall.Step(-2 * Hour);
        Told(clock.Check(), (-2 * Hour, All));
        _wall.Step(-Hour);
        Told(clock.Check(), (-2 * Hour, Latest), (-Hour, All));
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

        Told(clock.Check(), (TimeSpan.FromDays(20_000), All));
        Assert.Equal(_wall.GetUtcNow(), steady.GetUtcNow());
        _wall.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(ClockState.Synchronised, Look(clock, true));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(-0.5)]
    [InlineData(-100)]
    public void Drift_is_followed_without_an_event_and_time_never_goes_back(double millisecondsASecond)
    {
        var clock = Clock();
        for (var second = 0; second < 100; second++)
        {
            var before = _steady.GetUtcNow();
            Told(clock.Check());
            Assert.True(_steady.GetUtcNow() >= before);

            _wall.Advance(TimeSpan.FromSeconds(1));
            _wall.Step(TimeSpan.FromMilliseconds(millisecondsASecond));

            Assert.True(_steady.GetUtcNow() > before);
            Assert.InRange((_wall.GetUtcNow() - _steady.GetUtcNow()).TotalMilliseconds, -150, 1);
        }
    }

    private static void Told(IReadOnlyList<ClockOffset> words, params (TimeSpan Offset, string Of)[] expected) =>
        Assert.Equal(expected.Select(word => (word.Offset.TotalSeconds, word.Of)), words.Select(word => (word.Seconds, word.Numbers is null ? Latest : All)));

    private MachineClock Clock() => new(() => _kernelSays, _steady, NullLogger.Instance);

    private ClockState Look(MachineClock clock, bool? says)
    {
        _kernelSays = says;
        clock.Check();
        return clock.State;
    }
}
