using System.Text.Json.Nodes;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Kafka;

[Collection(OneKafka.Name)]
public sealed class KafkaDeliveryTests(SharedKafka kafka)
{
    [Fact]
    public async Task Everything_the_device_answered_stands_in_its_topic_once_under_the_key_and_in_the_partition_of_a_Java_client()
    {
        Needs.Kcat();
        var server = await kafka.Server();
        await using var plant = new KafkaPlant();
        await plant.Prepare(server, partitions: 5);

        await using var agent = await Agent.Start(plant.WriteSite(server.Bootstrap, ", confirm: broker, compression: lz4"), plant.DataFolder);
        await Until.True("some hundred numbers are answered", () => plant.Answered().Count >= 100, TimeSpan.FromSeconds(60));
        agent.Program.Term();
        Assert.Equal(0, await agent.Program.End());

        var messages = await Kcat.Read(server.Bootstrap, plant.Readings);
        var numbers = messages.Select(message => (long)message.Json["value"]!.GetValue<double>()).ToList();
        Assert.Equal(plant.Answered().Order(), numbers.Order());
        Assert.All(messages, message => Assert.Equal("test-plant/counter", message.Key));
        Assert.All(messages, message => Assert.Equal(Murmur2("test-plant/counter"u8) % 5, message.Partition));
        Assert.All(messages, message => Assert.Equal("good", message.Json["q"]!.GetValue<string>()));
        var tag = Assert.Single((await Kcat.Read(server.Bootstrap, plant.Tags)).DistinctBy(message => message.Key));
        Assert.Equal("test-plant/counter/count", tag.Key);
        var beats = await Kcat.Read(server.Bootstrap, plant.Agents);
        Assert.All(beats, beat => Assert.Equal(beat.Json["agent"]!.GetValue<string>(), beat.Key));
        Assert.Equal("broker", beats[^1].Json["link"]!["durability"]!.GetValue<string>());
        await NumbersAreWithoutHole(server, plant);
    }

    [Fact]
    public async Task A_broker_that_is_killed_and_comes_back_has_every_number()
    {
        Needs.Kcat();
        await using var server = await KafkaServer.Start();
        await using var plant = new KafkaPlant();
        await plant.Prepare(server);
        await using var agent = await Agent.Start(plant.WriteSite(server.Bootstrap, ", confirm: broker"), plant.DataFolder);
        await Until.True("numbers flow", () => plant.Answered().Count >= 20);

        await server.Kill();
        var away = plant.Answered().Max();
        await Until.True("the link is down", async () => !(await KafkaPlant.Status(agent))["heartbeat"]!["link"]!["up"]!.GetValue<bool>(), TimeSpan.FromSeconds(60));
        await Until.True("the device goes on", () => plant.Answered().Max() > away + 20);
        await server.Restart();
        await server.WhenComplete();

        var wanted = plant.Answered();
        await Until.True(
            "every number is there", async () => wanted.IsSubsetOf((await Kcat.Records(server.Bootstrap, plant.Readings)).Select(Number)), TimeSpan.FromSeconds(60));
        await NumbersAreWithoutHole(server, plant);
    }

    [Fact]
    public async Task An_agent_that_forwards_over_HTTP_does_not_load_the_Kafka_client()
    {
        using var folder = new TempFolder();
        await using var centre = await Centre.Start(folder["centre"]);
        await using var device = await Peer.Start("counting_device.py", folder["answered"]);
        var plant = new Plant(folder) { To = centre.Address }.Profile("count", "200ms", "uint32", "count").Device("counter", "count", device.Port);
        await using var agent = await Agent.Start(plant.Write(), folder["agent"]);
        await Until.True("values arrive", async () => await centre.Latest(plant.Site("counter", "count")) is not null);

        Assert.DoesNotContain("librdkafka", await File.ReadAllTextAsync($"/proc/{agent.Program.Id}/maps"));
    }

    private static long Number(JsonNode reading) => (long)(reading["value"]?.GetValue<double>() ?? -1);

    /// <summary>Readings and events together hold each number of the epoch from 1 to the last.</summary>
    private static async Task NumbersAreWithoutHole(KafkaServer server, KafkaPlant plant)
    {
        var records = (await Kcat.Records(server.Bootstrap, plant.Readings)).Concat(await Kcat.Records(server.Bootstrap, plant.Events));
        foreach (var epoch in records.GroupBy(record => record["epoch"]!.GetValue<string>()))
        {
            var numbers = epoch.Select(record => record["seq"]!.GetValue<long>()).Distinct().Order().ToList();
            Assert.Equal(Enumerable.Range(1, numbers.Count).Select(number => (long)number), numbers);
        }
    }

    /// <summary>The partition hash of the Java client, made positive as it does.</summary>
    private static int Murmur2(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            const uint m = 0x5bd1e995;
            var h = 0x9747b28cU ^ (uint)data.Length;
            var rest = data;
            for (; rest.Length >= 4; rest = rest[4..])
            {
                var k = BitConverter.ToUInt32(rest) * m;
                k = (k ^ (k >> 24)) * m;
                h = (h * m) ^ k;
            }

            for (var i = rest.Length - 1; i >= 0; i--)
                h ^= (uint)rest[i] << (8 * i);
            if (rest.Length > 0)
                h *= m;
            h = (h ^ (h >> 13)) * m;
            return (int)((h ^ (h >> 15)) & 0x7fffffff);
        }
    }
}
