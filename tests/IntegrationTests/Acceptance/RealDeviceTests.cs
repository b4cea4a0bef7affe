using System.Globalization;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Acceptance;

/// <summary>A device played by pymodbus, changed by an independent client, killed and started again.</summary>
[Collection(Alone.Name)]
public sealed class RealDeviceTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_value_changed_at_the_device_stands_in_the_history_within_two_polls()
    {
        Needs.Pymodbus();
        using var folder = new TempFolder();
        await using var device = await Peer.Start("pymodbus_device.py");
        await using var centre = await Centre.Start(folder["centre"]);
        var plant = new Plant(folder) { To = centre.Address }.Profile("register", "1s", "uint16", "level").Device("tank", "register", device.Port);
        await using var agent = await Agent.Start(plant.Write(), folder["agent"]);
        await Until.True("the first value arrives", async () => (await centre.Latest(plant.Site("tank", "level")))?["q"]?.GetValue<string>() == "good");

        foreach (var level in new[] { 4711, 815, 65535 })
        {
            await Write(device, 0, level);
            var changed = TimeProvider.System.GetUtcNow();

            var point = await Until.Found($"{level} arrives", async () =>
                (await centre.History(plant.Site("tank", "level"))).FirstOrDefault(point => point.Value == level));

            Assert.Equal("good", point.Q);
            Assert.True(point.Committed <= changed + (2 * Interval), $"changed {changed:O}, sampled {point.Ts:O}, committed {point.Committed:O}");
        }
    }

    [Fact]
    public async Task A_dead_device_is_bad_within_three_polls_delays_nobody_and_heals_by_itself()
    {
        Needs.Pymodbus();
        using var folder = new TempFolder();
        await using var device = await Peer.Start("pymodbus_device.py");
        await using var counter = await Peer.Start("counting_device.py", folder["answered"]);
        await using var centre = await Centre.Start(folder["centre"]);
        var plant = new Plant(folder) { To = centre.Address }
            .Profile("register", "1s", "uint16", "level", "flow").Device("tank", "register", device.Port)
            .Profile("count", "1s", "uint32", "count").Device("counter", "count", counter.Port);
        await using var agent = await Agent.Start(plant.Write(), folder["agent"]);
        await Until.True("both devices are good", async () =>
            (await centre.History(plant.Site("tank", "level"))).Count > 2 && (await centre.History(plant.Site("counter", "count"))).Count > 2);

        await device.Kill();
        var killed = TimeProvider.System.GetUtcNow();
        foreach (var tag in new[] { "level", "flow" })
        {
            var bad = await Until.Found($"{tag} turns bad", async () =>
                (await centre.History(plant.Site("tank", tag))).FirstOrDefault(point => point.Ts > killed && point.Q == "bad"));
            Assert.True(bad.Committed <= killed + (3 * Interval), $"killed {killed:O}, bad {bad.Ts:O}, committed {bad.Committed:O}");
            Assert.False(string.IsNullOrWhiteSpace(bad.Why));
        }

        await Until.True("it stays dead for eight polls", () => TimeProvider.System.GetUtcNow() > killed + (8 * Interval));
        await device.Restart();
        var back = TimeProvider.System.GetUtcNow();
        var good = await Until.Found("it heals", async () =>
            (await centre.History(plant.Site("tank", "level"))).FirstOrDefault(point => point.Ts > back && point.Q == "good"));

        Assert.True(good.Committed <= back + TimeSpan.FromSeconds(10), $"back {back:O}, good {good.Ts:O}");
        await NoPollSkipped(centre, plant, killed);
    }

    /// <summary>The counting device counts polls: numbers without a hole, one each interval, all the time the other was dead.</summary>
    private static async Task NoPollSkipped(Centre centre, Plant plant, DateTimeOffset from)
    {
        var points = (await centre.History(plant.Site("counter", "count"))).Where(point => point.Ts > from).ToList();
        Assert.All(points, point => Assert.Equal("good", point.Q));
        for (var index = 1; index < points.Count; index++)
        {
            Assert.Equal(points[index - 1].Value + 1, points[index].Value);
            var apart = points[index].Ts - points[index - 1].Ts;
            Assert.True(apart < 2 * Interval, $"{apart} between poll {points[index - 1].Value} and the next");
        }

        Assert.DoesNotContain(await centre.Gaps(), gap => gap["device"]?.GetValue<string>() == "counter");
    }

    private static async Task Write(Peer device, int address, int word)
    {
        var ended = await RunningProgram.Run(
            Needs.Python,
            Repository.Path("tests/peers/pymodbus_write.py"),
            device.Port.ToString(CultureInfo.InvariantCulture),
            address.ToString(CultureInfo.InvariantCulture),
            word.ToString(CultureInfo.InvariantCulture));
        Assert.True(ended.ExitCode == 0, ended.Output);
    }
}
