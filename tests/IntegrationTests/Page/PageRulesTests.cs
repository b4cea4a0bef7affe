using System.Net.Http.Headers;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Penstock.IntegrationTests.Page;

/// <summary>What the page may never do: ask elsewhere, run what the policy forbids, grow heavy, be hard to read, overflow a phone.</summary>
public sealed class PageRulesTests(Chromium chromium) : PageTest
{
    private const int MaxCompressedBytes = 100_000;

    [Fact]
    public async Task The_whole_page_weighs_at_most_100_KB_compressed_and_asks_only_its_own_centre()
    {
        await Plant();
        await using var live = await LivePage.Open(chromium, Centre, "/?open#tag=plant/boiler/flow&range=600");
        await Expect(live.Chart.Locator(".u-over")).ToBeVisibleAsync();

        var files = live.Requests.Select(url => new Uri(url)).Where(url => !url.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal)).Distinct().ToList();
        var bytes = 0L;
        foreach (var file in files)
            bytes += await Compressed(file);

        Assert.All(live.Requests, url => Assert.StartsWith(Centre.Address, url, StringComparison.Ordinal));
        Assert.Contains(files, file => file.AbsolutePath.Contains("uPlot", StringComparison.Ordinal));
        Assert.InRange(bytes, 10_000, MaxCompressedBytes);
        Assert.Empty(live.Complaints);
    }

    [Fact]
    public async Task The_policy_allows_no_inline_script_or_style()
    {
        var answer = await Centre.Http.GetAsync("/");

        var policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("*", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ColorScheme.Dark)]
    [InlineData(ColorScheme.Light)]
    public async Task Every_text_has_a_contrast_of_at_least_4_5(ColorScheme scheme)
    {
        await Plant();
        await using var live = await LivePage.Open(chromium, Centre, scheme: scheme);
        await Expect(live.Row("boiler/temp")).ToHaveAttributeAsync("data-cond", "bad");

        var weak = await live.Page.EvaluateAsync<string[]>(WeakTexts);

        Assert.Empty(weak);
    }

    [Theory]
    [InlineData(390, 844)]
    [InlineData(1920, 1080)]
    public async Task Nothing_is_wider_than_the_screen(int width, int height)
    {
        await Plant();
        await using var live = await LivePage.Open(chromium, Centre, width: width, height: height);
        await Expect(live.Row("boiler/temp")).ToBeVisibleAsync();

        Assert.Equal(width, await live.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task Dark_and_light_are_chosen_by_hand_and_kept()
    {
        await using var live = await LivePage.Open(chromium, Centre, "/");
        await Expect(live.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");

        await live.Page.Locator("#theme").ClickAsync();
        await live.Page.ReloadAsync();

        await Expect(live.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
    }

    private async Task Plant()
    {
        await Feed.Tag("boiler", "level", staleAfter: 1);
        await Feed.Value("boiler", "level", 50, at: Feed.Now.AddMinutes(-2));
        await Feed.Value("boiler", "flow", 12.5);
        await Feed.Value("boiler", "temp", null, "bad", "no answer");
        await Feed.Value("boiler", "ph", 7, "uncertain", "outside valid range");
        await Feed.Heartbeat(beat => beat["clock"] = "holdover");
    }

    private async Task<long> Compressed(Uri file)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, file);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using var answer = await Centre.Http.SendAsync(request);
        return (await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync()).Length;
    }

    // WCAG 2.2, 1.4.3: each text against the nearest opaque field behind it.
    private const string WeakTexts =
        """
        () => {
          const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return { rgb: m.slice(0, 3), a: m[3] ?? 1 }; };
          const light = rgb => rgb.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
          const behind = n => { for (; n; n = n.parentElement) { const c = parse(getComputedStyle(n).backgroundColor); if (c.a === 1) return c.rgb; } return [255, 255, 255]; };
          const weak = [];
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const node = walk.currentNode.parentElement;
            if (!walk.currentNode.textContent.trim() || !node.checkVisibility() || ['NOSCRIPT', 'SCRIPT'].includes(node.tagName)) continue;
            const [a, b] = [light(parse(getComputedStyle(node).color).rgb), light(behind(node))];
            const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
            if (contrast < 4.5) weak.push(contrast.toFixed(2) + ' ' + node.className + ' ' + node.textContent.slice(0, 30));
          }
          return weak;
        }
        """;
}
