using Confluent.Kafka;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Kafka;

public sealed class KafkaServerTests
{
    [Fact]
    public async Task A_killed_node_rejoins_and_no_acknowledged_message_is_lost()
    {
        Needs.Kafka();
        await using var server = await KafkaServer.Start(nodes: 3);
        await server.Topic("kept", partitions: 1);
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = server.Bootstrap, Acks = Acks.All, EnableIdempotence = true }).Build();
        await producer.ProduceAsync("kept", new() { Value = "before" });

        await server.Kill(node: 2);
        await producer.ProduceAsync("kept", new() { Value = "while away" });
        await server.Restart(node: 2);
        await server.WhenComplete();

        using var reader = new ConsumerBuilder<Ignore, string>(new ConsumerConfig { BootstrapServers = server.Bootstrap, GroupId = "unused" }).Build();
        reader.Assign(new TopicPartitionOffset("kept", 0, Offset.Beginning));
        Assert.Equal("before", reader.Consume(TimeSpan.FromSeconds(30)).Message.Value);
        Assert.Equal("while away", reader.Consume(TimeSpan.FromSeconds(30)).Message.Value);
    }
}
