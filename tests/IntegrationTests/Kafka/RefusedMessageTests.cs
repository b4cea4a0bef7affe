using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Kafka;

[Collection(OneKafka.Name)]
public sealed class RefusedMessageTests(SharedKafka kafka)
{
    [Fact]
    public async Task A_message_too_large_for_its_topic_goes_to_quarantine_and_dead_letters_and_the_rest_flows()
    {
        Needs.Kcat();
        var server = await kafka.Server();
        await using var plant = new KafkaPlant();
        // Enough for one record of the counter, too little for one of the device with the long name.
        await plant.Prepare(server, readings: new Dictionary<string, string> { ["max.message.bytes"] = "430" });
        await using var agent = await Agent.Start(plant.WriteSite(server.Bootstrap, ", confirm: broker, compression: none", longName: true), plant.DataFolder);

        var letters = await Until.Found("dead letters lie there", async () => (await Kcat.Read(server.Bootstrap, plant.DeadLetters)) is { Count: > 3 } some ? some : null, TimeSpan.FromSeconds(60));
        var wanted = plant.Answered();
        await Until.True("the counter's numbers are there", async () => wanted.IsSubsetOf(
            (await Kcat.Records(server.Bootstrap, plant.Readings)).Select(record => (long)(record["value"]?.GetValue<double>() ?? -1))), TimeSpan.FromSeconds(60));

        Assert.All(letters, letter => Assert.Contains(KafkaPlant.LongName, letter.Value));
        Assert.All(letters, letter => Assert.Contains($"too large for topic {plant.Readings}", letter.Headers));
        Assert.DoesNotContain(await Kcat.Read(server.Bootstrap, plant.Readings), message => message.Value.Contains(KafkaPlant.LongName));
        Assert.Contains(KafkaPlant.LongName, await File.ReadAllTextAsync(Path.Combine(plant.DataFolder, "refused", "refused.ndjson")));
        await Until.True("a gap explains the numbers", async () => (await Kcat.Records(server.Bootstrap, plant.Events)).Any(record =>
            record["gap"]?["cause"]?.GetValue<string>() == "refused" && record["gap"]!["numbers"]!.AsArray().Any(range => range!["from"]!.GetValue<long>() == letters[0].Json["seq"]!.GetValue<long>())));
    }
}
