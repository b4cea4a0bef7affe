using Microsoft.Playwright;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Page;

/// <summary>The system's browser, started once for all page tests.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A window of its own: no storage, no cache shared with other tests.</summary>
    internal async Task<IBrowserContext> Window(BrowserNewContextOptions options)
    {
        Needs.Program(Executable, "chromium");
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable, Args = Arguments });
        return await _browser.NewContextAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

/// <summary>Page tests share the browser and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PageTests : ICollectionFixture<Chromium>
{
    public const string Name = "page";
}
