using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Penstock.EdgeAgent.Forwarding;
using Xunit;

namespace Penstock.UnitTests.Forwarding;

public sealed class LinkMonitorTests
{
    private readonly FakeTimeProvider _clock = new(Some.Noon);
    private readonly LinkMonitor _link;
    private int _cameUp;

    public LinkMonitorTests()
    {
        _link = new LinkMonitor("test", "historian", _clock, NullLogger.Instance);
        _link.CameUp += () => _cameUp++;
    }

    [Fact]
    public void It_is_down_until_something_was_delivered()
    {
        Assert.False(_link.Look().Up);
        Assert.False(_link.WhenUpAsync().IsCompleted);

        _link.DeliveredLive(Some.At(0));

        Assert.True(_link.Look().Up);
        Assert.True(_link.WhenUpAsync().IsCompleted);
        Assert.Equal(1, _cameUp);
    }

    [Fact]
    public void Down_keeps_its_beginning_and_tells_the_newest_reason()
    {
        _link.DeliveredLive(Some.At(0));
        _clock.Advance(TimeSpan.FromSeconds(30));
        _link.FailedLive("refused");
        _clock.Advance(TimeSpan.FromSeconds(30));
        _link.FailedLive("no answer");

        Assert.Equal((false, Some.At(30), "no answer"), (_link.Look().Up, _link.Look().Since!.Value, _link.Look().Why!));
    }

    [Fact]
    public void A_heartbeat_that_passes_does_not_hide_that_records_fail()
    {
        _link.FailedLive("historian cannot commit");

        _link.DeliveredHeartbeat();

        Assert.False(_link.Look().Up);
    }

    [Fact]
    public void A_heartbeat_ends_the_trouble_that_heartbeats_found()
    {
        _link.FailedHeartbeat("no answer");

        _link.DeliveredHeartbeat();

        Assert.True(_link.Look().Up);
    }

    [Fact]
    public void A_backlog_that_fails_beside_live_data_is_no_outage()
    {
        _link.DeliveredLive(Some.At(0));

        _link.FailedBacklog("too slow");
        Assert.True(_link.Look().Up);

        _clock.Advance(TimeSpan.FromSeconds(6));
        _link.FailedBacklog("too slow");
        Assert.False(_link.Look().Up);
    }

    [Fact]
    public void The_lag_is_from_the_newest_sample_to_its_acknowledgement()
    {
        _clock.Advance(TimeSpan.FromSeconds(1.5));

        _link.DeliveredLive(Some.At(0.25));

        Assert.Equal(1.25, _link.Look().LagSeconds);
    }

    [Fact]
    public void The_backlog_rate_is_that_of_the_last_seconds_and_returns_to_zero()
    {
        for (var second = 0; second < 5; second++)
        {
            _link.DeliveredBacklog(2000);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2000, _link.Look().BacklogRate);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, _link.Look().BacklogRate);
    }
}
