using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.BadInput;

/// <summary>Devices that answer wrongly: bad quality with a reason, and the good one beside them goes on.</summary>
public sealed class BadDeviceTests
{
    [Fact]
    public async Task Devices_that_answer_wrongly_are_bad_with_a_reason_and_the_good_one_goes_on()
    {
        using var folder = new TempFolder();
        string[] ways = ["wrong-unit", "wrong-length", "never", "exception"];
        await using var good = await Peer.Start("counting_device.py", folder["answered"]);
        await using var centre = await Centre.Start(folder["centre"]);
        var plant = new Plant(folder) { To = centre.Address }
            .Profile("some", "1s", "uint16", "one", "two").Profile("count", "1s", "uint32", "count").Device("good", "count", good.Port);
        var peers = new List<Peer>();
        try
        {
            foreach (var way in ways)
            {
                peers.Add(await Peer.Start("bad_device.py", way));
                plant.Device(way, "some", peers[^1].Port);
            }

            await using var agent = await Agent.Start(plant.Write(), folder["agent"]);
            foreach (var way in ways)
                await IsBadWithReason(centre, plant.Site(way, "one"));
            await GoodGoesOn(centre, plant.Site("good", "count"));
            Assert.False(agent.Program.HasEnded);
        }
        finally
        {
            foreach (var peer in peers)
                await peer.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_device_that_answers_byte_by_byte_is_read()
    {
        using var folder = new TempFolder();
        await using var device = await Peer.Start("bad_device.py", "byte-by-byte");
        await using var centre = await Centre.Start(folder["centre"]);
        var plant = new Plant(folder) { To = centre.Address }.Profile("some", "1s", "uint16", "one", "two").Device("slow", "some", device.Port);

        await using var agent = await Agent.Start(plant.Write(), folder["agent"]);

        await Until.True("its value arrives", async () =>
            (await centre.Latest(plant.Site("slow", "two"))) is { } latest && latest["q"]!.GetValue<string>() == "good" && latest["value"]!.GetValue<double>() == 7);
    }

    private static async Task IsBadWithReason(Centre centre, string tag)
    {
        var latest = await Until.Found($"{tag} is bad", async () =>
            await centre.Latest(tag) is { } found && found["q"]!.GetValue<string>() == "bad" ? found : null);
        Assert.False(string.IsNullOrWhiteSpace(latest["why"]?.GetValue<string>()), tag);
    }

    private static async Task GoodGoesOn(Centre centre, string tag)
    {
        var before = (await centre.History(tag)).Count;
        await Until.True("three more polls of the good device", async () => (await centre.History(tag)).Count >= before + 3);
        Assert.All(await centre.History(tag), point => Assert.Equal("good", point.Q));
    }
}
