using System.Collections.Concurrent;
using Microsoft.Playwright;
using Penstock.IntegrationTests.Kit;
using static Microsoft.Playwright.Assertions;

namespace Penstock.IntegrationTests.Page;

/// <summary>The page in a browser, with a log of what it asked for and what it complained about.</summary>
internal sealed class LivePage : IAsyncDisposable
{
    private readonly IBrowserContext _window;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentQueue<string> _complaints = new();

    private LivePage(IBrowserContext window, IPage page)
    {
        _window = window;
        Page = page;
        page.Request += (_, request) => _requests.Enqueue(request.Url);
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Console += (_, message) => KeepComplaint(message);
    }

    public IPage Page { get; }

    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Errors and warnings of the console, violations of the content security policy among them.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public ILocator Title => Page.Locator("#plant-title");

    public ILocator Note => Page.Locator("#plant-note");

    public ILocator Causes => Page.Locator(".cause");

    public ILocator Chart => Page.Locator("#chart");

    public static async Task<LivePage> Open(Chromium chromium, Centre centre, string path = "/?open", int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Dark)
    {
        var window = await chromium.Window(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, TimezoneId = "UTC" });
        var live = new LivePage(window, await window.NewPageAsync());
        await live.Page.GotoAsync(centre.Address + path);
        await Expect(live.Page.Locator("html")).ToHaveAttributeAsync("data-link", "up");
        return live;
    }

    public ILocator Row(string tag) => Page.Locator($"[data-row='plant/{tag}']");

    public ILocator Value(string tag) => Page.Locator($".value[data-tag='plant/{tag}']");

    public ILocator Device(string name) => Page.Locator($"[data-device='plant/{name}']");

    public ILocator Fact(string label) => Page.Locator($"[data-fact='{label}'] dd");

    public ValueTask DisposeAsync() => _window.DisposeAsync();

    private void KeepComplaint(IConsoleMessage message)
    {
        if (message.Type is "error" or "warning")
            _complaints.Enqueue(message.Text);
    }
}
