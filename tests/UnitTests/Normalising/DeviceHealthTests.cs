using Penstock.Contracts;
using Penstock.EdgeAgent.Normalising;
using Penstock.Protocols;
using Penstock.UnitTests.Forwarding;
using Xunit;

namespace Penstock.UnitTests.Normalising;

public sealed class DeviceHealthTests
{
    private readonly DeviceHealth _health = new([Tag("fast", 1), Tag("slow", 60)]);

    [Fact]
    public void It_starts_as_starting()
    {
        Assert.Equal("starting", _health.State.State);
    }

    [Fact]
    public void The_first_value_makes_it_good()
    {
        Assert.True(_health.Observe([Good("fast", 1)]));

        Assert.Equal(new HealthState("good", Some.At(1), null), _health.State);
    }

    [Fact]
    public void A_device_that_never_answered_is_bad_after_its_first_poll()
    {
        Assert.True(_health.Observe([Bad("fast", 1, "no answer")]));

        Assert.Equal(new HealthState("bad", Some.At(1), "no answer"), _health.State);
    }

    [Fact]
    public void A_device_that_died_is_bad_after_its_fastest_polls_and_not_its_slowest()
    {
        _health.Observe([Good("fast", 0), Good("slow", 0)]);

        Assert.False(_health.Observe([Bad("fast", 1, "no answer")]));
        Assert.True(_health.Observe([Bad("fast", 2, "no answer")]));
    }

    [Fact]
    public void One_register_the_device_refuses_does_not_make_it_bad()
    {
        for (var second = 0; second < 120; second++)
            Assert.Equal(second == 0, _health.Observe([Good("fast", second), Bad("slow", second, "illegal address")]));

        Assert.Equal("good", _health.State.State);
    }

    [Fact]
    public void Another_reason_is_no_change_of_state_and_keeps_its_beginning()
    {
        _health.Observe([Bad("fast", 1, "no answer")]);

        Assert.False(_health.Observe([Bad("fast", 2, "refused")]));

        Assert.Equal(new HealthState("bad", Some.At(1), "refused"), _health.State);
    }

    [Fact]
    public void A_batch_without_samples_says_nothing()
    {
        Assert.False(_health.Observe([]));
    }

    private static TagDefinition Tag(string name, double seconds) =>
        new() { Tag = name, Kind = Kinds.Plc, Type = "number", Interval = TimeSpan.FromSeconds(seconds) };

    private static Sample Good(string tag, double at) => new() { Tag = tag, Ts = Some.At(at), Value = new RecordValue(1) };

    private static Sample Bad(string tag, double at, string why) => new() { Tag = tag, Ts = Some.At(at), Q = Quality.Bad, Why = why };
}
