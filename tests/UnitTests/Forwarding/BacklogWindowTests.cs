using Penstock.EdgeAgent.Forwarding.Confirming;
using Xunit;

namespace Penstock.UnitTests.Forwarding;

public sealed class BacklogWindowTests
{
    private const int Group = 1000;
    private readonly BacklogWindow _window = new();

    [Theory]
    [InlineData(20_000)]
    [InlineData(80_000)]
    [InlineData(400_000)]
    public void It_becomes_what_the_historian_confirms_in_the_wanted_time(int recordsPerSecond)
    {
        Play(recordsPerSecond, groups: 5000);

        Assert.Equal(recordsPerSecond * BacklogWindow.Target.TotalSeconds, _window.Records, recordsPerSecond * 0.1);
    }

    [Fact]
    public void A_historian_that_becomes_slow_is_believed_within_a_few_waits()
    {
        Play(400_000, groups: 5000);
        Play(10_000, groups: 600);

        Assert.InRange(_window.Records, BacklogWindow.Least, 6_000);
    }

    [Fact]
    public void It_keeps_its_bounds()
    {
        Play(100_000_000, groups: 5000);
        Assert.Equal(BacklogWindow.Most, _window.Records);

        for (var i = 0; i < 5000; i++)
            _window.Confirmed(Group, TimeSpan.FromMinutes(1), _window.Records);
        Assert.Equal(BacklogWindow.Least, _window.Records);

        _window.Confirmed(Group, TimeSpan.Zero, _window.Records);
        Assert.Equal(BacklogWindow.Least + Group, _window.Records);
    }

    [Fact]
    public void It_does_not_grow_while_it_is_not_used()
    {
        for (var i = 0; i < 5000; i++)
            _window.Confirmed(Group, TimeSpan.FromMilliseconds(10), waiting: Group);

        Assert.Equal(BacklogWindow.Start, _window.Records);
    }

    /// <summary>The window is always full; what waits is confirmed in order at a fixed rate.</summary>
    private void Play(int recordsPerSecond, int groups)
    {
        var queue = new Queue<double>();
        var now = 0.0;
        for (var i = 0; i < groups; i++)
        {
            while (queue.Count == 0 || (queue.Count + 1) * Group <= _window.Records)
                queue.Enqueue(now);
            now += (double)Group / recordsPerSecond;
            var waiting = queue.Count * Group;
            _window.Confirmed(Group, TimeSpan.FromSeconds(now - queue.Dequeue()), waiting);
        }
    }
}
