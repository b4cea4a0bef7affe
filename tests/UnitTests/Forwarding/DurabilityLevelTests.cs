using Penstock.EdgeAgent.Forwarding.Confirming;
using Penstock.EdgeAgent.Site;
using Xunit;

namespace Penstock.UnitTests.Forwarding;

public sealed class DurabilityLevelTests
{
    [Theory]
    [InlineData("Auto", false, "broker")]
    [InlineData("Auto", true, "historian")]
    [InlineData("Historian", false, "historian")]
    [InlineData("Broker", true, "broker")]
    public void The_level_at_the_start_follows_the_site_file_and_what_was_ever_heard(string confirm, bool heard, string level) =>
        Assert.Equal(level, new DurabilityLevel(Enum.Parse<Confirm>(confirm), heard).InForce);

    [Fact]
    public void Auto_becomes_historian_with_the_first_confirmation_and_tells_it_once()
    {
        var level = new DurabilityLevel(Confirm.Auto, everHeard: false);

        Assert.True(level.Heard());
        Assert.False(level.Heard());
        Assert.Equal("historian", level.InForce);
    }

    [Fact]
    public void Broker_stays_broker_whatever_is_heard()
    {
        var level = new DurabilityLevel(Confirm.Broker, everHeard: false);

        Assert.False(level.Heard());
        Assert.Equal("broker", level.InForce);
    }

    [Theory]
    [InlineData(0.79, true, false)]
    [InlineData(0.8, false, false)]
    [InlineData(0.8, true, true)]
    public void Waiting_ends_only_when_the_outbox_is_nearly_full_and_the_centre_is_silent(double fill, bool silent, bool ends)
    {
        var level = new DurabilityLevel(Confirm.Historian, everHeard: true);

        Assert.Equal(ends, level.Look(fill, silent));
        Assert.Equal(ends ? "broker" : "historian", level.InForce);
    }

    [Fact]
    public void After_waiting_ended_the_first_confirmation_begins_it_again()
    {
        var level = new DurabilityLevel(Confirm.Historian, everHeard: true);
        level.Look(0.9, silent: true);

        Assert.False(level.Look(0.95, silent: true));
        Assert.True(level.Heard());
        Assert.Equal("historian", level.InForce);
    }
}
