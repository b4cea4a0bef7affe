using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Acceptance;

/// <summary>
/// The centre is away while 1,000 readings a second are taken; judged by what stands in the historian.
/// 20 s here, 2 minutes with PENSTOCK_FULL=1.
/// </summary>
[Collection(Alone.Name)]
public sealed class OutageTests(ITestOutputHelper output)
{
    private const int Devices = 10;
    private const int TagsPerDevice = 100;
    private const int Asked = 5;
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("PENSTOCK_FULL") is null ? 20 : 120);

    [Fact]
    public async Task After_an_absence_of_the_centre_nothing_is_lost_and_the_backlog_does_not_delay_live_values()
    {
        using var folder = new TempFolder();
        await using var wire = new LinkProxy();
        var plant = Load(folder, wire.Address);
        await using var simulated = await SimulatedPlant.Start(plant.Write("load.yaml"), folder["site.yaml"]);
        await using var centre = await Centre.Start(folder["centre"]);
        wire.Target = centre.Port;
        await using var agent = await Agent.Start(simulated.Site, folder["agent"]);
        await Until.True("every tag has a value", async () =>
            (await centre.Tags()).Count(tag => tag["latest"] is not null) == Devices * TagsPerDevice);

        wire.Set(Wire.Cut);
        var cut = TimeProvider.System.GetUtcNow();
        await Until.True("the centre stays away", () => TimeProvider.System.GetUtcNow() > cut + Absence, Absence + TimeSpan.FromSeconds(10));
        wire.Set(Wire.Passes);
        var back = TimeProvider.System.GetUtcNow();
        await Until.True("nothing waits", async () => await Arrived(centre, plant, back), TimeSpan.FromSeconds(60));

        var points = await Ask(centre, plant);
        NothingLost(points);
        await NothingMissing(centre);
        BacklogIsFastAndLiveIsPrompt(points, cut, back);
    }

    private static Plant Load(TempFolder folder, string to)
    {
        var plant = new Plant(folder) { To = to }
            .Profile("load", "1s", "uint16", [.. Enumerable.Range(0, TagsPerDevice).Select(Tag)]);
        File.AppendAllText(folder["hardware-profiles/load.yaml"], "simulate:\n  \"t*\": {ramp: {from: 0, to: 60000, period: 60s}}\n");
        for (var device = 0; device < Devices; device++)
            plant.Device(Device(device), "load", 502 + device);
        return plant;
    }

    /// <summary>
    /// The newest sample of before the return is there, and live values of after it. An agent that was cut off before its
    /// first heartbeat got through has told nothing yet.
    /// </summary>
    private static async Task<bool> Arrived(Centre centre, Plant plant, DateTimeOffset back)
    {
        if ((await centre.Agents())[0]["heartbeat"] is not { } heartbeat)
            return false;
        var oldest = heartbeat["outbox"]!["oldest"];
        return Point.Moment(heartbeat["ts"]!) > back + TimeSpan.FromSeconds(5)
            && (oldest is null || Point.Moment(oldest) > back + TimeSpan.FromSeconds(2))
            && (await centre.History(plant.Site(Device(0), Tag(0)))).Any(point => point.Ts > back + TimeSpan.FromSeconds(5));
    }

    private static async Task<IReadOnlyList<IReadOnlyList<Point>>> Ask(Centre centre, Plant plant)
    {
        var points = new List<IReadOnlyList<Point>>();
        for (var device = 0; device < Devices; device++)
        {
            for (var tag = 0; tag < Asked; tag++)
                points.Add(await centre.History(plant.Site(Device(device), Tag(tag * (TagsPerDevice / Asked)))));
        }

        return points;
    }

    private static void NothingLost(IReadOnlyList<IReadOnlyList<Point>> points) => Assert.All(points, tag =>
    {
        for (var index = 1; index < tag.Count; index++)
            Assert.InRange(tag[index].Ts - tag[index - 1].Ts, TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(1.7));
    });

    private static async Task NothingMissing(Centre centre)
    {
        var ledger = (await centre.Agents())[0]["ledger"]!.AsArray();
        Assert.All(ledger, epoch => Assert.Equal(0, epoch!["dead"]!.GetValue<long>() + epoch["dropped"]!.GetValue<long>()));
        Assert.Empty(await centre.Gaps());
    }

    private void BacklogIsFastAndLiveIsPrompt(IReadOnlyList<IReadOnlyList<Point>> points, DateTimeOffset cut, DateTimeOffset back)
    {
        var all = points.SelectMany(tag => tag).ToList();
        var backlog = all.Where(point => point.Ts > cut && point.Ts < back && point.Committed > back).ToList();
        var first = backlog.Min(point => point.Committed);
        var took = backlog.Max(point => point.Committed) - first;
        var rate = backlog.Count * (TagsPerDevice / Asked) / took.TotalSeconds;
        var latest = all.Where(point => point.Ts > first).Max(point => point.Committed - point.Ts);
        output.WriteLine($"{backlog.Count * (TagsPerDevice / Asked)} records in {took.TotalSeconds:0.00} s = {rate:0} records/s; live values at most {latest.TotalSeconds:0.00} s late");

        Assert.True(rate >= 10 * Devices * TagsPerDevice, $"backlog at {rate:0} records/s");
        Assert.True(latest <= TimeSpan.FromSeconds(2), $"a live value came {latest.TotalSeconds:0.00} s late");
    }

    private static string Device(int number) => $"device-{number}";

    private static string Tag(int number) => $"t{number:00}";
}
