using System.Diagnostics;
using System.Text.RegularExpressions;
using Penstock.IntegrationTests.Kit;
using static Microsoft.Playwright.Assertions;

namespace Penstock.IntegrationTests.Page;

/// <summary>The link between page and centre breaks: it is said at once, nothing looks fresh, and it heals without a hole.</summary>
public sealed partial class ConnectionTests(Chromium chromium) : PageTest
{
    [Fact]
    public async Task A_killed_centre_is_said_at_once_and_the_page_heals_without_a_hole()
    {
        await Feed.Tag("boiler", "flow");
        await Feed.Value("boiler", "flow", 1);
        await using var live = await LivePage.Open(chromium, Centre, "/?open#tag=plant/boiler/flow&range=600");
        await Expect(live.Chart.Locator("#chart-basis")).ToHaveTextAsync("1 record");

        await Centre.Program.Kill();

        await Expect(live.Note).ToHaveTextAsync(Lost(), new() { Timeout = 2000 });
        await Expect(live.Title).ToHaveTextAsync("PLANT: not known");
        await Expect(live.Row("boiler/flow")).ToHaveAttributeAsync("data-cond", "stale");
        await Expect(live.Row("boiler/flow").Locator(".quality")).ToHaveTextAsync("STALE: no link");

        await RestartWith(async feed =>
        {
            await feed.Value("boiler", "flow", 2);
            await feed.Value("boiler", "flow", 3);
        });

        await Expect(live.Value("boiler/flow")).ToHaveTextAsync("3", new() { Timeout = 10_000 });
        await Expect(live.Row("boiler/flow")).ToHaveAttributeAsync("data-cond", "good");
        await Expect(live.Chart.Locator("#chart-basis")).ToHaveTextAsync("3 records");
        await Expect(live.Note).Not.ToHaveTextAsync(Lost());
    }

    [Fact]
    public async Task A_centre_that_falls_silent_counts_as_lost_after_ten_seconds()
    {
        await Feed.Value("boiler", "flow", 1);
        await using var live = await LivePage.Open(chromium, Centre);
        await Expect(live.Value("boiler/flow")).ToHaveTextAsync("1");

        await Signal("STOP");
        try
        {
            await Expect(live.Note).ToHaveTextAsync(Lost(), new() { Timeout = 15_000 });
            await Expect(live.Row("boiler/flow")).ToHaveAttributeAsync("data-cond", "stale");
        }
        finally
        {
            await Signal("CONT");
        }

        await Expect(live.Row("boiler/flow")).ToHaveAttributeAsync("data-cond", "good", new() { Timeout = 15_000 });
    }

    [Fact]
    public async Task A_page_that_is_opened_while_the_centre_is_away_still_says_so()
    {
        await using var live = await LivePage.Open(chromium, Centre);
        await Expect(live.Page.Locator("html")).ToHaveAttributeAsync("data-kept", "", new() { Timeout = 15_000 });
        await live.Page.EvaluateAsync("async () => { await navigator.serviceWorker.ready; }");

        await Centre.Program.Kill();
        await live.Page.ReloadAsync();

        await Expect(live.Note).ToHaveTextAsync(Lost());
        await Expect(live.Page.Locator("#gaps-title")).ToHaveTextAsync("Gaps of the last day"); // whether there are any is not known
    }

    // The records lie in the historian before the page is back: it must fetch them.
    private async Task RestartWith(Func<Feed, Task> meanwhile)
    {
        var port = Centre.Port;
        await Centre.DisposeAsync();
        Centre = await Centre.Start(DataFolder, port);
        await meanwhile(new Feed(Centre, "edge-again"));
    }

    private async Task Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{Centre.Program.Id}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    [GeneratedRegex("^Connection lost since [0-9]{2}:[0-9]{2}:[0-9]{2} – trying again$")]
    private static partial Regex Lost();
}
