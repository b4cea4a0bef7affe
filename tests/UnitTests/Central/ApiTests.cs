using System.Net;
using System.Text.Json.Nodes;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

public sealed class ApiTests : IAsyncLifetime
{
    private CentralHost _centre = null!; // Set before each test by InitializeAsync.

    public async ValueTask InitializeAsync()
    {
        _centre = await CentralHost.StartAsync();
        await _centre.PostAsync(string.Concat(Enumerable.Range(1, 500).Select(i => Line(i, i == 250 ? 999 : i % 7, age: TimeSpan.FromSeconds(1000 - i)) + "\n")));
    }

    public ValueTask DisposeAsync() => _centre.DisposeAsync();

    [Fact]
    public async Task History_is_raw_when_it_fits()
    {
        var history = await Get("api/v1/history?tag=north/meter/t1&points=500");

        Assert.Equal("raw", history["resolution"]!.GetValue<string>());
        Assert.Equal(500, history["points"]!.AsArray().Count);
        Assert.Null(history["step_seconds"]);
        Assert.Equal("V", history["unit"]!.GetValue<string>());
        string[] fields = ["ts", "value", "text", "q", "why", "clock", "agent", "epoch", "seq", "committed"];
        Assert.Equal(fields, history["points"]![0]!.AsObject().Select(p => p.Key));
    }

    [Fact]
    public async Task History_that_does_not_fit_comes_in_buckets_that_keep_the_spike()
    {
        var history = await Get("api/v1/history?tag=north/meter/t1&points=50");

        Assert.Equal("bucket", history["resolution"]!.GetValue<string>());
        Assert.InRange(history["points"]!.AsArray().Count, 1, 51);
        Assert.Equal(999, history["points"]!.AsArray().Max(p => p!["max"]!.GetValue<double>()));
        Assert.Equal(500, history["points"]!.AsArray().Sum(p => p!["count"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("api/v1/history", HttpStatusCode.BadRequest)]
    [InlineData("api/v1/history?tag=north/meter", HttpStatusCode.BadRequest)]
    [InlineData("api/v1/history?tag=north/meter/none", HttpStatusCode.NotFound)]
    [InlineData("api/v1/history?tag=north/meter/t1&points=9", HttpStatusCode.BadRequest)]
    [InlineData("api/v1/history?tag=north/meter/t1&points=10001", HttpStatusCode.BadRequest)]
    [InlineData("api/v1/history?tag=north/meter/t1&from=yesterday", HttpStatusCode.BadRequest)]
    [InlineData("api/v1/history?tag=north/meter/t1&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", HttpStatusCode.BadRequest)]
    [InlineData("api/v1/gaps?device=a/b/c", HttpStatusCode.BadRequest)]
    [InlineData("api/v1/nothing", HttpStatusCode.NotFound)]
    public async Task A_wrong_question_is_answered_with_the_repair(string path, HttpStatusCode status)
    {
        var answer = await _centre.Http.GetAsync(path);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_tag_shows_its_newest_reading()
    {
        var tag = (await Get("api/v1/tags"))["tags"]![0]!;

        Assert.Equal("north/meter/t1", tag["name"]!.GetValue<string>());
        Assert.Equal(500, tag["latest"]!["seq"]!.GetValue<long>());
    }

    [Fact]
    public async Task The_agent_shows_its_ledger()
    {
        await _centre.PostAsync(Line(600) + "\n");

        var ledger = (await Get("api/v1/agents"))["agents"]![0]!["ledger"]![0]!;

        Assert.Equal((501, 600), (ledger["stored"]!.GetValue<long>(), ledger["last"]!.GetValue<long>()));
        Assert.Equal("[[501,599]]", ledger["missing"]!.ToJsonString());
    }

    [Theory]
    [InlineData("healthz")]
    [InlineData("readyz")]
    public async Task Health_is_told_as_json(string path)
    {
        Assert.Equal("ok", (await Get(path))["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Metrics_count_what_was_stored()
    {
        var metrics = await _centre.Http.GetStringAsync("metrics");

        Assert.Matches("""(?m)^ingest_records_stored_total(\{[^}]*\})? 500\b""", metrics);
        Assert.Contains("historian_commit_seconds_bucket", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_names_every_endpoint_of_the_api()
    {
        var paths = (await Get("openapi/v1.json"))["paths"]!.AsObject().Select(p => p.Key).ToList();

        string[] expected =
        [
            "/api/v1/agents", "/api/v1/gaps", "/api/v1/heartbeats", "/api/v1/history", "/api/v1/live", "/api/v1/records",
            "/api/v1/streams", "/api/v1/tags", "/healthz", "/readyz",
        ];
        Assert.Equal(expected, paths.Order(StringComparer.Ordinal));
    }

    private async Task<JsonNode> Get(string path) => JsonNode.Parse(await _centre.Http.GetStringAsync(path))!;
}
