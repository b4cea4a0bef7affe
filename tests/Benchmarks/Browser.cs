using Microsoft.Playwright;

namespace Penstock.Benchmarks;

/// <summary>The system's Chromium with a page of the centre.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <exception cref="InvalidOperationException">Chromium is not installed.</exception>
    public static async Task<Browser> Start()
    {
        const string Chromium = "/usr/bin/chromium";
        if (!File.Exists(Chromium))
            throw new InvalidOperationException("Chromium is missing: apt-get install chromium");
        var playwright = await Playwright.CreateAsync();
        return new(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] }));
    }

    public async Task<IPage> Open(string address)
    {
        var page = await _browser.NewPageAsync();
        await page.GotoAsync(address);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
