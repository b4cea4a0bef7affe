using Penstock.Contracts;
using Penstock.EdgeAgent.Status;
using Penstock.UnitTests.Architecture;
using Xunit;

namespace Penstock.UnitTests.Status;

public sealed class WatchTextTests
{
    [Theory]
    [InlineData("watch-troubled-110.txt", 110)]
    [InlineData("watch-troubled-48.txt", 48)]
    public void A_troubled_agent_looks_like_this(string golden, int width) =>
        Assert.Equal(Golden(golden), WatchText.Of(StatusView.Of(Looks.Troubled), width, colour: false));

    [Fact]
    public void A_normal_agent_looks_like_this() =>
        Assert.Equal(Golden("watch-normal-90.txt"), WatchText.Of(StatusView.Of(Looks.Normal), 90, colour: false));

    [Theory]
    [InlineData(40)]
    [InlineData(63)]
    [InlineData(200)]
    public void No_line_is_wider_than_the_terminal(int width)
    {
        var lines = WatchText.Of(StatusView.Of(Looks.Troubled), width, colour: false).Split('\n');

        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
    }

    [Fact]
    public void Colour_adds_nothing_but_colour()
    {
        var plain = WatchText.Of(StatusView.Of(Looks.Troubled), 110, colour: false);
        var coloured = WatchText.Of(StatusView.Of(Looks.Troubled), 110, colour: true);

        Assert.NotEqual(plain, coloured);
        Assert.DoesNotContain('\e', plain);
        Assert.Equal(plain, System.Text.RegularExpressions.Regex.Replace(coloured, "\e\\[[0-9]+m", ""));
    }

    [Fact]
    public void What_a_device_says_does_not_steer_the_terminal()
    {
        var look = Looks.Normal with { Tags = [Looks.Normal.Tags[0] with { Text = "\e]0;owned\a\u009b2J", Q = Quality.Bad, Why = "a\r\nb" }] };

        var text = WatchText.Of(StatusView.Of(look), 110, colour: false);

        Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n');
        Assert.Contains("?]0;owned??2J", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_terminal_that_is_too_low_says_how_many_lines_it_does_not_show()
    {
        Assert.Equal(["a", "b", "… 3 more lines: enlarge the terminal, or use --once"], WatchScreen.Fitting(["a", "b", "c", "d", "e"], 4));
        Assert.Equal(["a", "b", "c"], WatchScreen.Fitting(["a", "b", "c"], 4));
    }

    [Fact]
    public void Room_that_is_not_known_is_not_shown_as_a_number()
    {
        var look = Looks.Normal with { Heartbeat = Looks.Normal.Heartbeat with { Outbox = new() } };

        Assert.Contains("MB; room not known yet\n", WatchText.Of(StatusView.Of(look), 110, colour: false), StringComparison.Ordinal);
    }

    private static string Golden(string name) => File.ReadAllText(Repository.PathOf("tests", "UnitTests", "Status", "Cases", name));
}
