using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Penstock.IntegrationTests.Kit;

/// <summary>A running centre, asked over its API.</summary>
internal sealed partial class Centre : IAsyncDisposable
{
    private Centre(RunningProgram program, string folder, Uri address)
    {
        Program = program;
        Folder = folder;
        Http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
    }

    public RunningProgram Program { get; }

    public string Folder { get; }

    public HttpClient Http { get; }

    public string Address => Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    public int Port => Http.BaseAddress!.Port;

    /// <summary>Port 0: the system chooses; another one brings a centre back where it was.</summary>
    public static async Task<Centre> Start(string folder, int port = 0, IReadOnlyList<string>? more = null)
    {
        var program = RunningProgram.Start(Repository.Central, ["run", "--data", folder, "--listen", $"127.0.0.1:{port}", .. more ?? []]);
        var line = await program.Line("the centre prints its address", PrintedAddress());
        var centre = new Centre(program, folder, new Uri(line.Value));
        await Until.True("the centre is ready", async () => (await centre.Http.GetAsync("readyz")).IsSuccessStatusCode);
        return centre;
    }

    public async Task<JsonNode> Get(string path)
    {
        var answer = await Http.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Raw points of the last hour, in order of time.</summary>
    public async Task<IReadOnlyList<Point>> History(string tag, int points = 10_000)
    {
        var answer = await Get($"api/v1/history?tag={Uri.EscapeDataString(tag)}&points={points}");
        if (answer["resolution"]!.GetValue<string>() != "raw")
            throw new InvalidOperationException($"{tag} has more points than fit raw");
        return [.. answer["points"]!.AsArray().Select(Point.From!)];
    }

    public async Task<IReadOnlyList<JsonNode>> Tags() => [.. (await Get("api/v1/tags"))["tags"]!.AsArray()!];

    public async Task<JsonNode?> Latest(string tag) =>
        (await Tags()).FirstOrDefault(candidate => candidate["name"]!.GetValue<string>() == tag)?["latest"];

    public async Task<IReadOnlyList<JsonNode>> Agents() => [.. (await Get("api/v1/agents"))["agents"]!.AsArray()!];

    public async Task<IReadOnlyList<JsonNode>> Gaps() => [.. (await Get("api/v1/gaps"))["gaps"]!.AsArray()!];

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Program.DisposeAsync();
    }

    [GeneratedRegex(@"(?<=ready )http://127\.0\.0\.1:[0-9]+")]
    private static partial Regex PrintedAddress();
}

/// <summary>One stored reading.</summary>
internal sealed record Point(DateTimeOffset Ts, double? Value, string Q, string? Why, string Agent, string Epoch, long Seq, DateTimeOffset Committed)
{
    public static Point From(JsonNode node) => new(
        Moment(node["ts"]!),
        node["value"]?.GetValue<double>(),
        node["q"]!.GetValue<string>(),
        node["why"]?.GetValue<string>(),
        node["agent"]!.GetValue<string>(),
        node["epoch"]!.GetValue<string>(),
        node["seq"]!.GetValue<long>(),
        Moment(node["committed"]!));

    public static DateTimeOffset Moment(JsonNode node) => DateTimeOffset.Parse(node.GetValue<string>(), CultureInfo.InvariantCulture);
}
