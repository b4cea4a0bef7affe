using System.Text.Json.Nodes;
using static Microsoft.Playwright.Assertions;

namespace Penstock.IntegrationTests.Page;

/// <summary>What a person sees and types on the live page of a running centre.</summary>
public sealed class LivePageTests(Chromium chromium) : PageTest
{
    [Fact]
    public async Task Value_unit_quality_and_age_stand_on_the_page_and_follow_new_records()
    {
        await Feed.Tag("boiler", "flow", more: new() { ["unit"] = "m³/h", ["label"] = "Feed water flow", ["place"] = "Boiler house/Line 1" });
        await Feed.Value("boiler", "flow", 12.5);
        await using var live = await LivePage.Open(chromium, Centre);

        await Expect(live.Value("boiler/flow")).ToHaveTextAsync("12.5");
        await Expect(live.Row("boiler/flow")).ToContainTextAsync("Feed water flow");
        await Expect(live.Row("boiler/flow")).ToContainTextAsync("m³/h");
        await Expect(live.Row("boiler/flow").Locator(".quality")).ToHaveTextAsync("good");
        await Expect(live.Row("boiler/flow").Locator(".age")).ToContainTextAsync("s");
        await Expect(live.Page.Locator("h2").First).ToHaveTextAsync("Boiler house › Line 1");

        await Feed.Value("boiler", "flow", 13.75);

        await Expect(live.Value("boiler/flow")).ToHaveTextAsync("13.75");
        await Expect(live.Value("boiler/flow")).ToHaveAttributeAsync("data-q", "good");
        Assert.Empty(live.Complaints);
    }

    [Fact]
    public async Task A_tag_that_appears_later_needs_no_reload()
    {
        await using var live = await LivePage.Open(chromium, Centre);
        await Expect(live.Title).ToHaveTextAsync("PLANT: nothing heard yet");

        await Feed.Value("pump", "speed", 1480);

        await Expect(live.Value("pump/speed")).ToHaveTextAsync("1480");
    }

    [Fact]
    public async Task Bad_uncertain_and_stale_differ_in_word_shape_and_pattern()
    {
        await Feed.Tag("tank", "level", staleAfter: 1);
        await Feed.Value("tank", "level", 50, at: Feed.Now.AddSeconds(-60));
        await Feed.Value("tank", "temp", null, "bad", "no answer");
        await Feed.Value("tank", "ph", 7.1, "uncertain", "outside valid range");
        await using var live = await LivePage.Open(chromium, Centre);

        await Expect(live.Row("tank/temp").Locator(".quality")).ToHaveTextAsync("BAD: no answer");
        await Expect(live.Row("tank/ph").Locator(".quality")).ToHaveTextAsync("UNCERTAIN: outside valid range");
        await Expect(live.Row("tank/level").Locator(".quality")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^STALE: no record for 1 min"));
        var looks = new List<string>();
        foreach (var tag in new[] { "tank/temp", "tank/ph", "tank/level" })
        {
            looks.Add(await live.Row(tag).EvaluateAsync<string>(
                "row => { const r = getComputedStyle(row), m = getComputedStyle(row.querySelector('.mark')); return [r.borderStyle, r.backgroundImage.slice(0, 12), m.clipPath, m.borderRadius].join('|'); }"));
        }

        Assert.Equal(3, looks.Distinct().Count());
    }

    [Fact]
    public async Task A_value_turns_stale_by_itself_when_records_stop()
    {
        await Feed.Tag("tank", "level", staleAfter: 2);
        await Feed.Value("tank", "level", 50);
        await using var live = await LivePage.Open(chromium, Centre);

        await Expect(live.Row("tank/level")).ToHaveAttributeAsync("data-cond", "stale", new() { Timeout = 10_000 });
        await Expect(live.Causes.First).ToContainTextAsync("plant/tank level STALE");

        await Feed.Value("tank", "level", 51);

        await Expect(live.Row("tank/level")).ToHaveAttributeAsync("data-cond", "good");
    }

    [Fact]
    public async Task The_first_line_is_calm_when_all_is_normal_and_names_the_causes_when_not()
    {
        await Feed.Value("boiler", "flow", 1);
        await Feed.Heartbeat();
        await using var live = await LivePage.Open(chromium, Centre, "/");
        await Expect(live.Title).ToHaveTextAsync("PLANT: all normal");

        await Feed.Value("boiler", "temp", null, "bad", "no answer");
        await Feed.Value("boiler", "press", null, "bad", "no answer");
        await Feed.Heartbeat(beat =>
        {
            beat["clock"] = "unsynced";
            beat["outbox"]!["bytes"] = 450_000_000;
        });

        await Expect(live.Title).ToHaveTextAsync("PLANT: 3 not normal");
        await Expect(live.Causes).ToContainTextAsync(new[] { "outbox 87 % full", "plant/boiler 2 tags BAD: no answer", "clock not synchronised" });
        Assert.StartsWith("3 not normal", await live.Page.TitleAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fine_device_is_folded_with_its_first_values_and_opens_by_click()
    {
        await Feed.Value("boiler", "flow", 42);
        await using var live = await LivePage.Open(chromium, Centre, "/");
        await Expect(live.Device("boiler").Locator("[data-chip]")).ToHaveTextAsync("42");
        await Expect(live.Row("boiler/flow")).ToHaveCountAsync(0);

        await live.Device("boiler").Locator(".device-head").ClickAsync();

        await Expect(live.Value("boiler/flow")).ToHaveTextAsync("42");
    }

    [Fact]
    public async Task Search_shows_only_what_fits()
    {
        await Feed.Tag("boiler", "flow", more: new() { ["label"] = "Feed water flow", ["plant_tag"] = "FT-101" });
        await Feed.Value("boiler", "flow", 1);
        await Feed.Value("boiler", "temp", 2);
        await Feed.Value("crusher", "speed", 3);
        await using var live = await LivePage.Open(chromium, Centre, "/");

        await live.Page.Keyboard.PressAsync("/");
        await live.Page.Keyboard.TypeAsync("ft-101 water");

        await Expect(live.Page.Locator(".tag:visible")).ToHaveCountAsync(1);
        await Expect(live.Row("boiler/flow")).ToBeVisibleAsync();
        await Expect(live.Page.Locator("#found")).ToHaveTextAsync("1 found");
        await Expect(live.Device("crusher")).ToBeHiddenAsync();

        await live.Page.Keyboard.PressAsync("Escape");

        await Expect(live.Device("crusher")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Everything_is_reached_by_keyboard_and_the_focus_is_seen()
    {
        await Feed.Value("boiler", "flow", 1);
        await Feed.Value("boiler", "temp", 2);
        await using var live = await LivePage.Open(chromium, Centre);
        await Expect(live.Row("boiler/temp")).ToBeVisibleAsync();

        await live.Page.Locator(".device-head").FocusAsync();
        await live.Page.Keyboard.PressAsync("ArrowDown");
        await live.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(live.Row("boiler/temp")).ToBeFocusedAsync();
        Assert.NotEqual("0px", await live.Row("boiler/temp").EvaluateAsync<string>("row => getComputedStyle(row).outlineWidth"));

        await live.Page.Keyboard.PressAsync("Enter");
        await Expect(live.Chart).ToBeVisibleAsync();
        await live.Page.Keyboard.PressAsync("Escape");

        await Expect(live.Chart).ToBeHiddenAsync();
        await Expect(live.Row("boiler/temp")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task An_agent_row_tells_lag_fill_drops_clock_durability_and_notes()
    {
        await Feed.Value("boiler", "flow", 1);
        await Feed.Heartbeat();
        await using var live = await LivePage.Open(chromium, Centre);

        await Expect(live.Fact("Lag")).ToHaveTextAsync("0.31 s");
        await Expect(live.Fact("Durability")).ToHaveTextAsync("historian");
        await Expect(live.Fact("Clock")).ToHaveTextAsync("synchronised");
        await Expect(live.Fact("Unexplained")).ToHaveTextAsync("none");
        await Expect(live.Page.Locator(".fact.outbox")).ToContainTextAsync("7 % of 512 MB, room for 41 h without link");
        await Expect(live.Page.Locator(".notes")).ToContainTextAsync("12 alarm limits loaded");
        await Expect(live.Fact("Version")).ToContainTextAsync("9.8.7");
    }

    [Fact]
    public async Task A_silent_agent_is_named_and_what_it_told_last_does_not_look_fresh()
    {
        await Feed.Tag("boiler", "flow", staleAfter: 2, more: new() { ["agent"] = "edge-test" });
        await Feed.Value("boiler", "flow", 1);
        await Feed.Heartbeat(beat => beat["interval_seconds"] = 1);
        await using var live = await LivePage.Open(chromium, Centre);

        await Expect(live.Page.Locator(".agent-state")).ToContainTextAsync("SILENT since", new() { Timeout = 15_000 });
        await Expect(live.Causes.First).ToContainTextAsync("agent edge-test silent since");
        await Expect(live.Causes).ToHaveCountAsync(1);
        await Expect(live.Causes.First).ToContainTextAsync("1 tag STALE");
    }

    [Fact]
    public async Task Text_from_the_field_is_shown_as_text()
    {
        const string Hostile = "<img src=x onerror=alert(1)>";
        await Feed.Tag("boiler", "flow", more: new JsonObject { ["label"] = Hostile, ["unit"] = Hostile, ["place"] = Hostile });
        await Feed.Value("boiler", "flow", 1, "bad", Hostile);
        await using var live = await LivePage.Open(chromium, Centre);

        await Expect(live.Row("boiler/flow").Locator(".label")).ToHaveTextAsync(Hostile);
        Assert.Equal(0, await live.Page.Locator("img").CountAsync());
        Assert.Empty(live.Complaints);
    }
}
