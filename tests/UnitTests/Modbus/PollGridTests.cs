using FsCheck;
using FsCheck.Fluent;
using Penstock.Protocols.Modbus;
using Xunit;

namespace Penstock.UnitTests.Modbus;

public sealed class PollGridTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    [Fact]
    public void Ticks_stay_on_the_grid_when_polls_are_late()
    {
        var grid = new PollGrid(Interval);

        grid.Take(TimeSpan.Zero);
        grid.Take(TimeSpan.FromSeconds(1.9));

        Assert.Equal(TimeSpan.FromSeconds(2), grid.NextDue);
    }

    [Fact]
    public void Skipped_ticks_are_told_with_their_times()
    {
        var grid = new PollGrid(Interval);
        grid.Take(TimeSpan.Zero);

        var missed = grid.Take(TimeSpan.FromSeconds(4.2));

        Assert.Equal(new MissedTicks(3, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)), missed);
        Assert.Equal(TimeSpan.FromSeconds(5), grid.NextDue);
    }

    [Fact]
    public void Every_tick_is_served_or_missed()
    {
        Prop.ForAll<PositiveInt, PositiveInt[]>((interval, lateness) =>
        {
            var grid = new PollGrid(TimeSpan.FromMilliseconds(interval.Get));
            var (now, served, missed) = (TimeSpan.Zero, 0L, 0L);
            foreach (var late in lateness)
            {
                now = (now > grid.NextDue ? now : grid.NextDue) + TimeSpan.FromMilliseconds(late.Get - 1);
                missed += grid.Take(now).Count;
                served++;
            }

            return served == 0 || served + missed == (now.Ticks / TimeSpan.FromMilliseconds(interval.Get).Ticks) + 1;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Waiting_times_grow_to_the_cap_and_never_above_it()
    {
        var backoff = new Backoff(new Random(1));

        var waits = Enumerable.Range(0, 20).Select(_ => backoff.Next()).ToArray();
        backoff.Reset();
        var afterSuccess = backoff.Next();

        Assert.InRange(waits[0], Backoff.First * 0.8, Backoff.First);
        Assert.All(waits[5..], w => Assert.InRange(w, Backoff.Cap * 0.8, Backoff.Cap));
        Assert.InRange(afterSuccess, Backoff.First * 0.8, Backoff.First);
    }
}
