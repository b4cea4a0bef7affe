using Microsoft.Extensions.Time.Testing;
using Penstock.Central.Kafka;
using Xunit;

namespace Penstock.UnitTests.Central.Kafka;

public sealed class MemberNameTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void The_name_is_the_same_after_a_restart_and_another_for_another_folder()
    {
        Assert.Equal(new MemberName("/a", _clock).Value, new MemberName("/a/../a", _clock).Value);
        Assert.NotEqual(new MemberName("/a", _clock).Value, new MemberName("/b", _clock).Value);
    }

    [Fact]
    public void Put_out_now_and_then_as_when_brokers_die_it_keeps_its_name()
    {
        var name = new MemberName("/a", _clock);
        for (var i = 0; i < 20; i++)
        {
            Assert.False(name.Fenced());
            Assert.NotNull(name.Value);
            _clock.Advance(MemberName.Window / (MemberName.Limit - 1));
        }
    }

    [Fact]
    public void Put_out_again_and_again_it_gives_the_name_up_once()
    {
        var name = new MemberName("/a", _clock);
        for (var i = 1; i < MemberName.Limit; i++)
            Assert.False(name.Fenced());

        Assert.True(name.Fenced());
        Assert.Null(name.Value);
        Assert.False(name.Fenced());
    }
}
