using Microsoft.Extensions.Time.Testing;
using Penstock.Contracts;
using Penstock.EdgeAgent.Normalising;
using Penstock.UnitTests.Forwarding;
using Xunit;

namespace Penstock.UnitTests.Normalising;

public sealed class GapCollectorTests
{
    private readonly FakeTimeProvider _clock = new(Some.Noon);
    private readonly GapCollector _gaps;

    public GapCollectorTests() => _gaps = new GapCollector(_clock);

    [Fact]
    public void Missed_polls_that_follow_each_other_are_one_gap()
    {
        _gaps.Add(Missed(0, 1, 3, "a"));
        _gaps.Add(Missed(4, 5, 2, "b"));
        _clock.Advance(TimeSpan.FromSeconds(10));

        var gap = Assert.Single(_gaps.Take(all: false));
        Assert.Equal((Some.At(0), Some.At(5), 5), (gap.From, gap.To, gap.Samples));
        Assert.Equal(["a", "b"], gap.Tags!.Order());
        Assert.Empty(_gaps.Take(all: true));
    }

    [Fact]
    public void A_gap_that_goes_on_is_told_every_minute()
    {
        for (var second = 0; second < 60; second++)
        {
            _gaps.Add(Missed(second, second, 1, "a"));
            _clock.Advance(TimeSpan.FromSeconds(1));
            if (second < 59)
                Assert.Empty(_gaps.Take(all: false));
        }

        Assert.Equal(60, Assert.Single(_gaps.Take(all: false)).Samples);
    }

    [Fact]
    public void Each_cause_has_its_own_gap()
    {
        _gaps.Add(Missed(0, 1, 1, "a"));
        _gaps.Add(Missed(0, 1, 1, "a") with { Cause = GapCauses.OutboxUnavailable });

        Assert.Equal(2, _gaps.Take(all: true).Count);
    }

    [Fact]
    public void A_gap_that_could_not_be_kept_loses_nothing_when_it_is_added_again()
    {
        _gaps.Add(Missed(0, 1, 3, "a"));
        var taken = _gaps.Take(all: true)[0];
        _gaps.Add(Missed(5, 6, 2, "a"));

        _gaps.Add(taken);

        var gap = Assert.Single(_gaps.Take(all: true));
        Assert.Equal((Some.At(0), Some.At(6), 5), (gap.From, gap.To, gap.Samples));
    }

    [Fact]
    public void Very_many_tags_become_the_whole_device()
    {
        for (var i = 0; i < 200; i++)
            _gaps.Add(Missed(0, 1, 1, $"tag-{i}"));

        var gap = Assert.Single(_gaps.Take(all: true));
        Assert.Null(gap.Tags);
        Assert.Null(RecordRules.Check(gap.ToEvent("north", "meter-1", Some.At(9)) with { Agent = "a1", Epoch = "e1", Seq = 1 }));
    }

    private static DeviceGap Missed(double from, double to, long samples, params string[] tags) =>
        new(GapCauses.MissedPolls, Some.At(from), Some.At(to), tags.ToHashSet(), samples, "slower than its interval");
}
