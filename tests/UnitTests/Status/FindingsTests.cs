using Penstock.Contracts;
using Penstock.EdgeAgent.Status;
using Xunit;

namespace Penstock.UnitTests.Status;

public sealed class FindingsTests
{
    [Fact]
    public void A_normal_agent_has_no_findings()
    {
        Assert.Empty(Findings.In(Looks.Normal));
    }

    [Fact]
    public void What_is_not_normal_is_told_in_sentences_worst_first()
    {
        Assert.Equal(
            [
                new(FindingLevel.Bad, "pump-station bad for 74 s: no answer within 1 s (12 times)"),
                new(FindingLevel.Bad, "link to http://10.20.0.5:8420 down for 3 min: connection refused; 1822 records wait"),
                new(FindingLevel.Bad, "boiler: pressure, burner_hours, flow not good"),
                new(FindingLevel.Uncertain, "the time source is away; the clock runs on by itself"),
            ],
            Findings.In(Looks.Troubled));
    }

    [Fact]
    public void An_outbox_that_cannot_write_or_is_nearly_full_is_told()
    {
        var look = With(box => box with { Trouble = "disk full", Bytes = 800, CapBytes = 1000, Records = 9 });

        Assert.Equal(
            [
                new(FindingLevel.Bad, "outbox cannot keep records: disk full"),
                new(FindingLevel.Bad, "outbox 80 % full, 9 records wait; at 100 % trends are thinned and the oldest records dropped"),
            ],
            Findings.In(look));
    }

    [Fact]
    public void A_long_lag_is_told()
    {
        var look = Looks.Normal with { Heartbeat = Looks.Normal.Heartbeat with { Link = Looks.Normal.Heartbeat.Link with { LagSeconds = 12 } } };

        Assert.Equal([new(FindingLevel.Uncertain, "live values arrive 12 s late")], Findings.In(look));
    }

    [Fact]
    public void A_tag_is_stale_only_after_its_time_and_never_without_one()
    {
        var tag = Looks.Normal.Tags[0] with { StaleAfterSeconds = 3 };

        Assert.False(Findings.IsStale(tag with { Ts = Looks.Ago(3) }, Looks.Now));
        Assert.True(Findings.IsStale(tag with { Ts = Looks.Ago(3.1) }, Looks.Now));
        Assert.False(Findings.IsStale(tag with { Ts = Looks.Ago(1e6), StaleAfterSeconds = null }, Looks.Now));
        Assert.False(Findings.IsStale(tag with { Ts = null }, Looks.Now));
    }

    [Theory]
    [InlineData(-5, "0 s")]
    [InlineData(0.042, "0.04 s")]
    [InlineData(9.94, "9.9 s")]
    [InlineData(119, "119 s")]
    [InlineData(120, "2 min")]
    [InlineData(7200, "2 h")]
    [InlineData(172800, "2 d")]
    public void A_span_is_short(double seconds, string text) => Assert.Equal(text, Spans.Short(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Data_that_moves_is_healthy_even_without_a_link()
    {
        Assert.True(Health.Of(Looks.Normal).Healthy);
        Assert.True(Health.Of(Looks.Troubled).Healthy);
    }

    [Fact]
    public void A_living_process_without_moving_data_is_not_healthy()
    {
        var still = Looks.Normal with { Tags = [.. Looks.Normal.Tags.Select(tag => tag with { Ts = Looks.Ago(61) })] };
        var bad = Looks.Normal with { Tags = [.. Looks.Normal.Tags.Select(tag => tag with { Q = Quality.Bad, Why = "no answer" })] };

        Assert.Equal(["no value moved for 61 s: no device gives a value that is not bad"], Health.Of(still).Reasons);
        Assert.Equal(["no value since the start: no device gives a value that is not bad"], Health.Of(bad).Reasons);
    }

    [Fact]
    public void A_slow_tag_may_be_as_old_as_it_likes_to_be()
    {
        var slow = Looks.Normal with { Tags = [Looks.Normal.Tags[0] with { Ts = Looks.Ago(900), StaleAfterSeconds = 1_000 }] };

        Assert.True(Health.Of(slow).Healthy);
    }

    [Fact]
    public void The_first_half_minute_is_healthy_without_values()
    {
        var young = Looks.Normal with { Heartbeat = Looks.Normal.Heartbeat with { Started = Looks.Ago(29) }, Tags = [Looks.Normal.Tags[0] with { Ts = null, Q = Quality.Bad }] };

        Assert.True(Health.Of(young).Healthy);
    }

    [Fact]
    public void An_outbox_that_drops_or_cannot_write_is_not_healthy()
    {
        var dropping = With(box => box with { Bytes = 990, CapBytes = 1000 }, link => link with { Up = false });

        Assert.Equal(["outbox cannot keep records: disk full"], Health.Of(With(box => box with { Trouble = "disk full" })).Reasons);
        Assert.Equal(["outbox is full and the link to http://10.20.0.5:8420 is down: the oldest records are being dropped"], Health.Of(dropping).Reasons);
    }

    private static AgentSnapshot With(Func<OutboxState, OutboxState> outbox, Func<LinkState, LinkState>? link = null) => Looks.Normal with
    {
        Heartbeat = Looks.Normal.Heartbeat with
        {
            Outbox = outbox(Looks.Normal.Heartbeat.Outbox),
            Link = link is null ? Looks.Normal.Heartbeat.Link : link(Looks.Normal.Heartbeat.Link),
        },
    };
}
