using Penstock.EdgeAgent.Forwarding;
using Penstock.EdgeAgent.Running;
using Xunit;

namespace Penstock.UnitTests.Forwarding;

public sealed class BacklogPaceTests
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);

    [Fact]
    public void Requests_grow_while_they_are_answered_quickly_and_not_beyond_a_bound()
    {
        var pace = new BacklogPace();
        for (var i = 0; i < 100; i++)
            pace.BacklogTook(Quick);

        Assert.Equal(10_000, pace.Records);
        Assert.Equal(TimeSpan.Zero, pace.Pause);
    }

    [Fact]
    public void Requests_that_take_long_shrink_and_never_to_nothing()
    {
        var pace = new BacklogPace();
        for (var i = 0; i < 100; i++)
            pace.BacklogTook(Slow);

        Assert.Equal(100, pace.Records);
    }

    [Fact]
    public void Slow_live_data_makes_the_backlog_smaller_and_pause()
    {
        var pace = new BacklogPace();
        var before = pace.Records;
        for (var i = 0; i < 10; i++)
            pace.LiveTook(Slow);

        Assert.True(pace.Records < before);
        Assert.Equal(TimeSpan.FromSeconds(1), pace.Pause);
    }

    [Fact]
    public void When_live_data_is_quick_again_the_pause_ends()
    {
        var pace = new BacklogPace();
        pace.LiveTook(Slow);
        for (var i = 0; i < 10; i++)
            pace.LiveTook(Quick);

        Assert.Equal(TimeSpan.Zero, pace.Pause);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_back_off_doubles_to_its_cap_and_is_shortened_by_half_at_most(int seed)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), new Random(seed));
        double[] ceilings = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5];

        Assert.All(ceilings, ceiling => Assert.InRange(backoff.Next().TotalSeconds, ceiling / 2, ceiling));

        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 0.05, 0.1);
    }
}
