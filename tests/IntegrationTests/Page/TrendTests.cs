using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Penstock.IntegrationTests.Page;

/// <summary>The large trend: opened, zoomed, moved, shared, followed live.</summary>
public sealed class TrendTests(Chromium chromium) : PageTest
{
    private const string Address = "/?open#tag=plant/boiler/flow&range=600";

    [Fact]
    public async Task A_trend_opens_from_its_row_and_its_link_can_be_shared()
    {
        await History();
        await using var live = await LivePage.Open(chromium, Centre);
        await live.Row("boiler/flow").ClickAsync();
        await Expect(live.Chart.Locator(".u-over")).ToBeVisibleAsync();
        await live.Chart.GetByText("1 h", new() { Exact = true }).ClickAsync();

        Assert.EndsWith("#tag=plant/boiler/flow&range=3600", live.Page.Url, StringComparison.Ordinal);
        await using var other = await LivePage.Open(chromium, Centre, new Uri(live.Page.Url).PathAndQuery + new Uri(live.Page.Url).Fragment);

        await Expect(other.Chart.Locator("[data-range='3600']")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(Basis(other)).ToHaveTextAsync("540 records");
    }

    [Fact]
    public async Task Wheel_drag_and_keys_zoom_and_pan()
    {
        await History();
        await using var live = await LivePage.Open(chromium, Centre, Address);
        await Expect(Basis(live)).ToHaveTextAsync(new Regex("^5[34][0-9] records$"));

        await HoverAt(live, 0.5);
        await live.Page.Mouse.WheelAsync(0, -300);
        await Expect(live.Page).ToHaveURLAsync(new Regex("from=[0-9]+&to=[0-9]+$"));
        var wheeled = Span(live);
        Assert.InRange(wheeled, 100_000, 400_000);

        await Drag(live, 0.25, 0.75);
        await Until(live, "the drag zooms", () => Span(live) < wheeled * 0.6);

        var before = From(live);
        await live.Page.Keyboard.PressAsync("ArrowLeft");
        await Until(live, "the arrow pans into the past", () => From(live) < before);

        await live.Page.Keyboard.PressAsync("Home");
        await Expect(live.Chart.Locator("#chart-live")).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.Empty(live.Complaints);
    }

    [Fact]
    public async Task A_gap_is_drawn_as_a_gap_with_its_cause()
    {
        var now = await History();
        await Feed.Gap("boiler", now.AddSeconds(-360), now.AddSeconds(-300), "boiler answered too slowly");
        await using var live = await LivePage.Open(chromium, Centre, Address);
        await Expect(Basis(live)).ToContainTextAsync("records");
        await Expect(live.Chart.Locator("#chart-gaps")).ToContainTextAsync("boiler answered too slowly");

        var middle = 1 - ((Feed.Now - now).TotalSeconds + 330) / 600;
        await HoverAt(live, middle);
        await Expect(live.Chart.Locator("#readout")).ToHaveTextAsync(new Regex("^GAP .*boiler answered too slowly"));
        Assert.Equal(1, await Painted(live, middle));
        await HoverAt(live, middle + 0.2);

        await Expect(live.Chart.Locator("#readout")).ToHaveTextAsync(new Regex("good$"));
        Assert.InRange(await Painted(live, middle + 0.2), 0, 0.5);
    }

    [Fact]
    public async Task Live_values_go_on_at_the_right_edge()
    {
        var now = await History();
        await using var live = await LivePage.Open(chromium, Centre, "/?open#tag=plant/boiler/flow&range=3600");
        await Expect(Basis(live)).ToHaveTextAsync("540 records");

        await Feed.Value("boiler", "flow", 77, at: now.AddSeconds(1));
        await Feed.Value("boiler", "flow", 78, at: now.AddSeconds(2));

        await Expect(Basis(live)).ToHaveTextAsync("542 records");
        await Expect(live.Chart.Locator("#chart-value")).ToContainTextAsync("78");
    }

    [Fact]
    public async Task Many_records_come_as_buckets_with_a_band_that_keeps_a_spike()
    {
        var now = Feed.Now;
        await Feed.Tag("boiler", "flow");
        for (var hour = 4; hour > 0; hour--)
            await Feed.Values("boiler", "flow", now.AddHours(-hour), now.AddHours(1 - hour), i => i == 1800 && hour == 2 ? 900 : 50 + i % 10);
        await using var live = await LivePage.Open(chromium, Centre, "/?open#tag=plant/boiler/flow&range=28800");

        await Expect(Basis(live)).ToContainTextAsync("min to max shaded");
        await HoverAt(live, 1 - (1.5 * 3600 + (Feed.Now - now).TotalSeconds) / 28800);

        await Expect(live.Chart.Locator("#readout")).ToContainTextAsync("max");
        Assert.True(await live.Page.EvaluateAsync<bool>(
            "async () => (await (await fetch('api/v1/history?tag=plant/boiler/flow&points=400&from=' + new Date(Date.now() - 28800e3).toISOString())).json()).points.some(p => p.max === 900)"));
    }

    // Nine minutes at 1 Hz with a hole of one minute in it, ending ten seconds ago.
    private async Task<DateTimeOffset> History()
    {
        var now = Feed.Now;
        await Feed.Tag("boiler", "flow", staleAfter: 30);
        await Feed.Values("boiler", "flow", now.AddSeconds(-600), now.AddSeconds(-360), i => 50 + 10 * Math.Sin(i / 20.0));
        await Feed.Values("boiler", "flow", now.AddSeconds(-300), now, i => 50 + 10 * Math.Sin(i / 20.0));
        return now;
    }

    private static ILocator Basis(LivePage live) => live.Chart.Locator("#chart-basis");

    private static Task Until(LivePage live, string reason, Func<bool> condition) => Kit.Until.True($"{reason}: {live.Page.Url}", condition);

    private static long From(LivePage live) => long.Parse(Regex.Match(live.Page.Url, "from=([0-9]+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    private static long Span(LivePage live) =>
        long.Parse(Regex.Match(live.Page.Url, "to=([0-9]+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) - From(live);

    private static async Task HoverAt(LivePage live, double share)
    {
        var box = (await live.Chart.Locator(".u-over").BoundingBoxAsync())!;
        await live.Page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height / 2);
        await live.Page.Mouse.MoveAsync((float)(box.X + box.Width * share), box.Y + box.Height / 2);
    }

    private static async Task Drag(LivePage live, double from, double to)
    {
        var box = (await live.Chart.Locator(".u-over").BoundingBoxAsync())!;
        await live.Page.Mouse.MoveAsync((float)(box.X + box.Width * from), box.Y + 50);
        await live.Page.Mouse.DownAsync();
        await live.Page.Mouse.MoveAsync((float)(box.X + box.Width * to), box.Y + 60, new() { Steps = 5 });
        await live.Page.Mouse.UpAsync();
    }

    // Share of painted pixels in a patch near the top of the plot, where no line comes: all of them in a gap.
    private static Task<double> Painted(LivePage live, double share) => live.Page.EvaluateAsync<double>(
        """
        share => {
          const over = document.querySelector('#plot .u-over').getBoundingClientRect(), canvas = document.querySelector('#plot canvas');
          const box = canvas.getBoundingClientRect(), scale = canvas.width / box.width;
          const x = (over.left - box.left + over.width * share) * scale, y = (over.top - box.top) * scale;
          const data = canvas.getContext('2d').getImageData(x - 4, y + 2, 8, 14).data;
          return data.filter((part, i) => i % 4 === 3 && part > 0).length / (data.length / 4);
        }
        """, share);
}
