using System.Text.Json.Nodes;
using Penstock.Central.Live;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

public sealed class LiveTests : IAsyncLifetime
{
    private CentralHost _centre = null!; // Set before each test by InitializeAsync.

    public async ValueTask InitializeAsync() => _centre = await CentralHost.StartAsync();

    public ValueTask DisposeAsync() => _centre.DisposeAsync();

    [Fact]
    public async Task A_snapshot_comes_first_and_then_what_changes()
    {
        await _centre.PostAsync(Line(1, 5) + "\n");
        await AgentIsKnownAsync();
        using var stream = await OpenAsync();

        var snapshot = await NextAsync(stream, "snapshot");
        await _centre.PostAsync(Line(2, 6) + "\n" + Line(3, 7) + "\n");
        var values = await NextAsync(stream, "values");

        Assert.Equal(5, snapshot["tags"]![0]!["latest"]!["value"]!.GetValue<double>());
        Assert.Equal("north", snapshot["agents"]![0]!["site"]!.GetValue<string>());
        var value = Assert.Single(values["values"]!.AsArray())!;
        Assert.Equal(("north/meter/t1", 7d), (value["name"]!.GetValue<string>(), value["value"]!.GetValue<double>()));
    }

    [Fact]
    public async Task A_new_tag_is_announced_before_its_first_value()
    {
        using var stream = await OpenAsync();
        await NextAsync(stream, "snapshot");

        await _centre.PostAsync(Line(1, tag: "fresh") + "\n");

        Assert.Equal("north/meter/fresh", (await NextAsync(stream, "tags"))["tags"]![0]!["name"]!.GetValue<string>());
        Assert.Equal("north/meter/fresh", (await NextAsync(stream, "values"))["values"]![0]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_gap_is_shown_and_stands_in_the_next_snapshot()
    {
        using var stream = await OpenAsync();
        await NextAsync(stream, "snapshot");
        var now = Penstock.Contracts.Timestamp.Now(TimeProvider.System);

        await _centre.PostAsync(
            $$"""{"v":1,"event":"gap","site":"north","device":"meter","ts":"{{now}}","message":"off","gap":{"from":"{{now}}","to":"{{now}}","cause":"unclean-stop"},"agent":"a1","epoch":"e1","seq":1}""");

        Assert.Equal("unclean-stop", (await NextAsync(stream, "gap"))["cause"]!.GetValue<string>());
        using var again = await OpenAsync();
        Assert.Single((await NextAsync(again, "snapshot"))["gaps"]!.AsArray());
    }

    [Fact]
    public async Task A_viewer_that_falls_behind_goes_on_from_a_restart()
    {
        var viewer = new Viewer();
        for (var i = 0; i <= Viewer.QueueLength; i++)
            viewer.Offer([(byte)i]);
        Assert.True(viewer.Behind);

        viewer.Restart();
        viewer.Offer([99]);

        Assert.False(viewer.Behind);
        Assert.Equal([99], await viewer.NextAsync(default));
    }

    [Fact]
    public async Task A_viewer_that_reads_nothing_does_not_hold_up_ingest()
    {
        using var stalled = await OpenAsync();

        for (var i = 0; i < 20; i++)
        {
            var answer = await _centre.PostAsync(string.Concat(Enumerable.Range((i * 500) + 1, 500).Select(n => Line(n, n, tag: $"t{n % 500}") + "\n")));
            Assert.True(answer.IsSuccessStatusCode);
        }

        using var fresh = await OpenAsync();
        Assert.Equal(500, (await NextAsync(fresh, "snapshot"))["tags"]!.AsArray().Count);
    }

    /// <summary>The hub has told of what was posted; before, it comes behind the snapshot.</summary>
    private async Task AgentIsKnownAsync()
    {
        JsonNode snapshot;
        do
        {
            using var stream = await OpenAsync();
            snapshot = await NextAsync(stream, "snapshot");
        }
        while (snapshot["agents"]!.AsArray().Count == 0);
    }

    private async Task<StreamReader> OpenAsync() => new(await _centre.Http.GetStreamAsync("api/v1/live"));

    private static async Task<JsonNode> NextAsync(StreamReader stream, string name)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await stream.ReadLineAsync(limit.Token) is { } line)
        {
            if (line != $"event: {name}")
                continue;
            var data = await stream.ReadLineAsync(limit.Token);
            return JsonNode.Parse(data!["data: ".Length..])!;
        }

        throw new InvalidOperationException($"the stream ended before {name}");
    }
}
