using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Penstock.EdgeAgent.Commands;
using Penstock.EdgeAgent.Status;
using Xunit;

namespace Penstock.UnitTests.Status;

/// <summary>The page behind a real web server on a port the system chose.</summary>
public sealed class StatusPageTests : IAsyncLifetime
{
    private readonly FixedStatus _status = new();
    private readonly HttpClient _http = new();
    private WebApplication? _app;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        StatusPage.Map(_app, _status);
        await _app.StartAsync();
        _http.BaseAddress = new Uri(_app.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
    }

    [Fact]
    public async Task The_page_allows_only_its_own_script_and_style_and_asks_nobody_else()
    {
        using var answer = await _http.GetAsync("/");
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'nonce-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", page, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_is_json_with_findings_heartbeat_and_tags()
    {
        using var json = JsonDocument.Parse(await _http.GetStringAsync("/status.json"));
        var root = json.RootElement;

        Assert.Equal("2026-01-31T12:00:00.123456Z", root.GetProperty("now").GetString());
        Assert.Equal("bad", root.GetProperty("findings")[0].GetProperty("level").GetString());
        Assert.Equal("north-plant", root.GetProperty("heartbeat").GetProperty("site").GetString());
        Assert.Equal(71.5, root.GetProperty("heartbeat").GetProperty("outbox").GetProperty("hours_left").GetDouble());
        Assert.Equal("0x4366 0x199A", root.GetProperty("tags")[0].GetProperty("raw").GetString());
        Assert.Equal(9, root.GetProperty("tags").GetArrayLength());
    }

    [Fact]
    public async Task Health_is_200_while_data_moves_and_503_with_reasons_when_not()
    {
        using var moving = await _http.GetAsync("/healthz");
        _status.Snapshot = Looks.Normal with { Tags = [.. Looks.Normal.Tags.Select(tag => tag with { Ts = Looks.Ago(90) })] };
        using var still = await _http.GetAsync("/healthz");

        Assert.Equal(HttpStatusCode.OK, moving.StatusCode);
        Assert.Equal("""{"healthy":true,"reasons":[]}""", await moving.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, still.StatusCode);
        Assert.Equal("""{"healthy":false,"reasons":["no value moved for 90 s: no device gives a value that is not bad"]}""", await still.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Metrics_are_prometheus_text()
    {
        using var answer = await _http.GetAsync("/metrics");
        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Contains("outbox_syncs_total 1510", lines);
        Assert.Contains("device_up{device=\"pump-station\"} 0", lines);
        Assert.All(lines, line => Assert.Matches("""^(# TYPE [a-z_]+ (gauge|counter)|[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? -?[0-9.E+-]+)$""", line));
        Assert.Equal(lines.Where(line => line[0] == '#').Distinct().Count(), lines.Count(line => line[0] == '#'));
    }

    [Theory]
    [InlineData("POST", "/")]
    [InlineData("POST", "/status.json")]
    [InlineData("DELETE", "/healthz")]
    [InlineData("PUT", "/metrics")]
    public async Task Only_get_is_answered(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("localhost:8421", HttpStatusCode.OK)]
    [InlineData("LOCALHOST", HttpStatusCode.OK)]
    [InlineData("[::1]:80", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost.evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("127.0.0.1.evil.example:80", HttpStatusCode.MisdirectedRequest)]
    public async Task A_request_on_loopback_must_call_it_by_a_loopback_name(string host, HttpStatusCode expected)
    {
        foreach (var path in new[] { "/", "/status.json", "/healthz", "/metrics" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            using var answer = await _http.SendAsync(request);

            Assert.Equal(expected, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Watch_shows_what_the_page_answers()
    {
        var output = new StringWriter();

        var code = await new Watcher(_http, new WatchScreen(output, json: false, refresh: false), TimeProvider.System).RunAsync(once: true, CancellationToken.None);

        Assert.Equal(ExitCode.Fine, code);
        Assert.StartsWith("✖ north-plant: 4 not normal\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("9007199254740993", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_gives_json_that_is_the_answer_again()
    {
        var output = new StringWriter();

        await new Watcher(_http, new WatchScreen(output, json: true, refresh: false), TimeProvider.System).RunAsync(once: true, CancellationToken.None);

        Assert.Equal(await _http.GetStringAsync("/status.json"), output.ToString().TrimEnd('\n'));
    }

    [Fact]
    public async Task Watch_once_without_an_agent_says_so_and_fails()
    {
        await _app!.StopAsync();

        var code = await new Watcher(_http, new WatchScreen(new StringWriter(), json: false, refresh: false), TimeProvider.System).RunAsync(once: true, CancellationToken.None);

        Assert.Equal(ExitCode.Problem, code);
    }

    private sealed class FixedStatus : IAgentStatus
    {
        public AgentSnapshot Snapshot { get; set; } = Looks.Troubled;

        public AgentSnapshot Look() => Snapshot;
    }
}
