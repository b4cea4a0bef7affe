using Confluent.Kafka;
using Penstock.Contracts;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Kafka;

[Collection(OneKafka.Name)]
public sealed class ConfirmedDeliveryTests(SharedKafka kafka)
{
    private static readonly Dictionary<string, string> Impatient = new() { ["PENSTOCK_RESEND_AFTER_SECONDS"] = "2" };

    [Fact]
    public async Task Nothing_leaves_the_outbox_before_the_historian_confirms_and_everything_after()
    {
        Needs.Kcat();
        var server = await kafka.Server();
        await using var plant = new KafkaPlant();
        await plant.Prepare(server);
        await using var agent = await Agent.Start(plant.WriteSite(server.Bootstrap, ", confirm: historian"), plant.DataFolder);
        await Until.True("numbers are at the broker", async () => (await Kcat.Records(server.Bootstrap, plant.Readings)).Count >= 20);

        var status = (await KafkaPlant.Status(agent))["heartbeat"]!;
        Assert.Equal("historian", status["link"]!["durability"]!.GetValue<string>());
        Assert.True(status["link"]!["unconfirmed"]!.GetValue<long>() >= 20);
        Assert.Equal(0, status["counters"]!["outbox_records_acknowledged_total"]!.GetValue<long>());

        await Confirm(server, plant, await Sent(server, plant));

        await Until.True("they leave the outbox", async () =>
            (await KafkaPlant.Status(agent))["heartbeat"]!["counters"]!["outbox_records_acknowledged_total"]!.GetValue<long>() >= 20);
    }

    [Fact]
    public async Task What_is_not_confirmed_in_time_is_sent_again_and_a_person_is_told()
    {
        Needs.Kcat();
        var server = await kafka.Server();
        await using var plant = new KafkaPlant();
        await plant.Prepare(server);
        await using var agent = await Agent.Start(plant.WriteSite(server.Bootstrap, ", confirm: historian"), plant.DataFolder, Impatient);

        await Until.True("a number stands there twice", async () =>
            (await Kcat.Records(server.Bootstrap, plant.Readings)).GroupBy(record => record["seq"]!.GetValue<long>()).Any(same => same.Count() > 1));
        await Until.True("the status says what to do", async () =>
            (await KafkaPlant.Status(agent))["heartbeat"]!["notes"]!.AsArray().Any(note => note!.GetValue<string>().Contains("confirmed: start penstock-central")));
        Assert.Contains("0 of", agent.Program.Output);
    }

    [Fact]
    public async Task Auto_takes_the_brokers_word_until_a_centre_is_heard_and_keeps_that_over_a_restart()
    {
        Needs.Kcat();
        var server = await kafka.Server();
        await using var plant = new KafkaPlant();
        await plant.Prepare(server);
        var site = plant.WriteSite(server.Bootstrap);
        await using (var agent = await Agent.Start(site, plant.DataFolder))
        {
            await Until.True("the broker's word counts", async () => await Acknowledged(agent) > 5);
            await Until.True("a confirmation is heard", async () =>
            {
                await Confirm(server, plant, await Sent(server, plant));
                return await Durability(agent) == "historian";
            });
            agent.Program.Term();
            await agent.Program.End();
        }

        await using var again = await Agent.Start(site, plant.DataFolder);
        Assert.Equal("historian", await Durability(again));
        await Until.True("the change is told as an event", async () =>
            (await Kcat.Records(server.Bootstrap, plant.Events)).Any(record => record["event"]!.GetValue<string>() == "durability"));
    }

    private static async Task<string> Durability(Agent agent) =>
        (await KafkaPlant.Status(agent))["heartbeat"]!["link"]!["durability"]!.GetValue<string>();

    private static async Task<long> Acknowledged(Agent agent) =>
        (await KafkaPlant.Status(agent))["heartbeat"]!["counters"]!["outbox_records_acknowledged_total"]!.GetValue<long>();

    /// <summary>What the topics hold, as a centre would confirm it.</summary>
    private static async Task<Confirmation> Sent(KafkaServer server, KafkaPlant plant)
    {
        var records = (await Kcat.Records(server.Bootstrap, plant.Readings)).Concat(await Kcat.Records(server.Bootstrap, plant.Events)).ToList();
        return new Confirmation
        {
            Agent = records[0]["agent"]!.GetValue<string>(),
            Ts = Penstock.Contracts.Timestamp.From(TimeProvider.System.GetUtcNow()),
            Numbers = [.. records.Select(record => (Epoch: record["epoch"]!.GetValue<string>(), Seq: record["seq"]!.GetValue<long>())).Distinct().Select(number => new SeqRange(number.Epoch, number.Seq, number.Seq))],
        };
    }

    private static async Task Confirm(KafkaServer server, KafkaPlant plant, Confirmation confirmation)
    {
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        Assert.Null(RecordCodec.TryEncode(confirmation, json));
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = server.Bootstrap }).Build();
        await producer.ProduceAsync(plant.Confirmed, new() { Key = confirmation.Agent, Value = json.WrittenSpan.ToArray() });
    }
}
