using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Page;

/// <summary>Plays an agent over the HTTP API: tag infos, readings, gaps and heartbeats as a test wants them.</summary>
internal sealed class Feed(Centre centre, string agent = "edge-test")
{
    private const string Epoch = "e-test";
    private long _seq;

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static string Stamp(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary><paramref name="more"/> are further fields of the tag info.</summary>
    public Task Tag(string device, string tag, double staleAfter = 3600, JsonObject? more = null)
    {
        var info = Name(device, tag, Now);
        info["type"] = "number";
        info["stale_after_seconds"] = staleAfter;
        info["agent"] = agent;
        foreach (var (key, value) in more ?? [])
            info[key] = value?.DeepClone();
        return Post("api/v1/tags", info);
    }

    public Task Value(string device, string tag, double? value, string q = "good", string? why = null, DateTimeOffset? at = null) =>
        Post("api/v1/records", Reading(device, tag, value, q, why, at ?? Now));

    /// <summary>One reading a second in [from, to).</summary>
    public Task Values(string device, string tag, DateTimeOffset from, DateTimeOffset to, Func<int, double> wave)
    {
        var count = (int)(to - from).TotalSeconds;
        return Post("api/v1/records", [.. Enumerable.Range(0, count).Select(i => Reading(device, tag, wave(i), "good", null, from.AddSeconds(i)))]);
    }

    public Task Gap(string device, DateTimeOffset from, DateTimeOffset to, string message) => Post("api/v1/records", Parse(
        $$"""
        {"v":1,"event":"gap","site":"plant","device":"{{device}}","ts":"{{Stamp(to)}}","message":"{{message}}",
         "gap":{"from":"{{Stamp(from)}}","to":"{{Stamp(to)}}","cause":"missed-polls","samples":60},
         "agent":"{{agent}}","epoch":"{{Epoch}}","seq":{{++_seq}}}
        """));

    public Task Heartbeat(Action<JsonObject>? change = null)
    {
        var beat = Parse(
            $$"""
            {"v":1,"agent":"{{agent}}","site":"plant","ts":"{{Stamp(Now)}}","started":"{{Stamp(Now.AddHours(-2))}}","interval_seconds":60,
             "version":"9.8.7","epoch":"{{Epoch}}","epochs":[{"epoch":"{{Epoch}}","last":{{_seq}}}],
             "outbox":{"storage":"card","bytes":40000000,"cap_bytes":512000000,"records":0,"hours_left":41.5},
             "link":{"to":"centre","up":true,"durability":"historian","lag_seconds":0.31,"backlog_rate":0},
             "clock":"synchronised","notes":["12 alarm limits loaded, not evaluated in this version"]}
            """);
        change?.Invoke(beat);
        return Post("api/v1/heartbeats", beat);
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private JsonObject Reading(string device, string tag, double? value, string q, string? why, DateTimeOffset at)
    {
        var reading = Name(device, tag, at);
        reading["value"] = value;
        reading["q"] = q;
        if (why is not null)
            reading["why"] = why;
        reading["agent"] = agent;
        reading["epoch"] = Epoch;
        reading["seq"] = ++_seq;
        return reading;
    }

    private static JsonObject Name(string device, string tag, DateTimeOffset at) =>
        Parse($$"""{"v":1,"site":"plant","device":"{{device}}","tag":"{{tag}}","kind":"plc","ts":"{{Stamp(at)}}"}""");

    private async Task Post(string path, params IReadOnlyList<JsonObject> lines)
    {
        using var body = new StringContent(string.Join('\n', lines.Select(line => line.ToJsonString())) + "\n", Encoding.UTF8);
        body.Headers.ContentType = new MediaTypeHeaderValue(path.EndsWith("heartbeats", StringComparison.Ordinal) ? "application/json" : "application/x-ndjson");
        using var answer = await centre.Http.PostAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NoContent, $"{path}: {(int)answer.StatusCode} {text}");
        Assert.DoesNotContain("\"reason\"", text, StringComparison.Ordinal);
    }
}
