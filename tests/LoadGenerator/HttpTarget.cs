using System.Net.Http.Headers;
using System.Text.Json;

namespace Penstock.LoadGenerator;

/// <summary>A centre over HTTP: what it answered for is in its historian.</summary>
internal sealed class HttpTarget(Uri centre) : ITarget
{
    private readonly HttpClient _http = new() { BaseAddress = centre, Timeout = TimeSpan.FromSeconds(30) };

    public async Task SendAsync(IReadOnlyList<Line> lines, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        foreach (var line in lines)
        {
            body.Write(line.Bytes);
            body.WriteByte((byte)'\n');
        }

        using var verdict = JsonDocument.Parse(await PostAsync("api/v1/records", body.ToArray(), cancel));
        var root = verdict.RootElement;
        var taken = root.GetProperty("stored").GetInt32() + root.GetProperty("duplicates").GetInt32();
        if (taken != lines.Count)
            throw new InvalidDataException($"{lines.Count} records sent, the verdict is {root}");
    }

    public Task HeartbeatAsync(string agent, byte[] json, CancellationToken cancel) => PostAsync("api/v1/heartbeats", json, cancel);

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> PostAsync(string path, byte[] body, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };
        using var answer = await _http.PostAsync(path, content, cancel);
        var text = await answer.Content.ReadAsStringAsync(cancel);
        return answer.IsSuccessStatusCode ? text : throw new NotTakenException($"{(int)answer.StatusCode} {text}");
    }
}
