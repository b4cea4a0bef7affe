using System.Text.Json;
using Microsoft.Playwright;
using Penstock.IntegrationTests.Kit;

namespace Penstock.Benchmarks;

/// <summary>From the moment a device answered to the change in the page's document, for 500 tags at 1 Hz.</summary>
internal sealed class ValueToPixel : IBenchmark
{
    private const double Goal = 250;
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Collects, in the page, every value of the live stream with its time, and every change of a value's text with the
    /// time of the change; both clocks are this machine's.
    /// </summary>
    private const string Watch = """
        () => {
          window.changes = [];
          new MutationObserver(seen => {
            const now = performance.timeOrigin + performance.now();
            for (const change of seen) {
              const row = (change.target.nodeType === 1 ? change.target : change.target.parentElement)?.closest('[data-tag]');
              if (row && row.dataset.ts) window.changes.push(now - Date.parse(row.dataset.ts));
            }
          }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['data-ts'] });
        }
        """;

    public string Name => "pixel";

    public async Task<IReadOnlyList<Figure>> RunAsync(Action<string> say)
    {
        using var folder = new TempFolder();
        await using var centre = await Centre.Start(folder["centre"]);
        await using var plant = await LoadPlant.Start(folder, devices: 5, tags: 100, centre.Address);
        await using var agent = await Agent.Start(plant.Site, folder["agent"]);
        await Until.True("every tag has a value", async () => (await centre.Tags()).Count(tag => tag["latest"] is not null) == 500);
        await using var browser = await Browser.Start();
        var page = await browser.Open(centre.Address + "/?open");
        await page.Locator("[data-tag]").Nth(499).WaitForAsync(new() { State = WaitForSelectorState.Attached });

        await page.EvaluateAsync(Watch);
        await Task.Delay(Measured, TimeProvider.System);
        var delays = (await Delays(page)).Order().ToList();

        say($"{delays.Count} changes seen");
        if (delays.Count == 0)
            throw new InvalidOperationException("The page changed no value that carries its time.");
        return
        [
            Figure.Plain("sample to document change, median", delays[delays.Count / 2], "ms"),
            Figure.AtMost("sample to document change, p95", delays[delays.Count * 95 / 100], Goal, "ms"),
        ];
    }

    private static async Task<IReadOnlyList<double>> Delays(IPage page)
    {
        var changes = await page.EvaluateAsync<JsonElement>("window.changes");
        return [.. changes.EnumerateArray().Select(change => change.GetDouble())];
    }
}
