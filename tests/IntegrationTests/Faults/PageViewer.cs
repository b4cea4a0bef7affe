using System.Text.Json;

namespace Penstock.IntegrationTests.Faults;

/// <summary>
/// Somebody who looks at the live page: takes what one centre streams, and goes over to the other when the stream is cut or
/// silent for ten seconds, as the page's own script connects again.
/// </summary>
internal sealed class PageViewer : IAsyncDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(300);
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<string, DateTimeOffset> _newest = [];
    private readonly Task _viewing;

    /// <param name="centres">Addresses, the first to look at in front.</param>
    public PageViewer(params string[] centres) => _viewing = Task.Run(() => ViewAsync(centres));

    public Flow Page { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _viewing;
        _end.Dispose();
        _http.Dispose();
    }

    private async Task ViewAsync(string[] centres)
    {
        for (var turn = 0; !_end.IsCancellationRequested; turn++)
        {
            try
            {
                await StreamAsync(centres[turn % centres.Length]);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                await Task.Delay(Retry, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task StreamAsync(string centre)
    {
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        quiet.CancelAfter(Silence);
        await using var stream = await _http.GetStreamAsync($"{centre}/api/v1/live", quiet.Token);
        using var lines = new StreamReader(stream);
        var type = "";
        while (await lines.ReadLineAsync(quiet.Token) is { } line)
        {
            quiet.CancelAfter(Silence);
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                type = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                Take(type, line[6..]);
        }
    }

    private void Take(string type, string json)
    {
        if (type is not ("snapshot" or "values"))
            return;
        using var data = JsonDocument.Parse(json);
        foreach (var value in data.RootElement.GetProperty(type == "snapshot" ? "tags" : "values").EnumerateArray())
            Take(value.GetProperty("name").GetString()!, type == "snapshot" ? value.GetProperty("latest") : value);
        if (_newest.Count > 0)
            Page.Came(_newest.Values.Min(), _newest.Values.Max());
    }

    // A tag's name is site/device/tag.
    private void Take(string name, JsonElement latest)
    {
        if (latest.ValueKind == JsonValueKind.Null)
            return;
        var (device, ts) = (name[..name.LastIndexOf('/')], latest.GetProperty("ts").GetDateTimeOffset());
        if (!_newest.TryGetValue(device, out var known) || ts > known)
            _newest[device] = ts;
    }
}
