using Confluent.Kafka;
using Penstock.Central.Kafka;
using Penstock.Contracts;
using Penstock.IntegrationTests.Kit;
using Xunit;

namespace Penstock.UnitTests.Central.Kafka;

public sealed class StreamDecoderTests
{
    private static readonly Topics Names = new();

    public static TheoryData<string> PoisonKinds => [.. Poison.Kinds.Keys];

    [Theory]
    [MemberData(nameof(PoisonKinds))]
    public void Poison_is_refused_with_a_reason_and_its_bytes_and_with_the_identity_where_it_can_be_read(string kind)
    {
        var (value, hasIdentity) = Poison.Kinds[kind];

        var poison = Assert.IsType<PoisonMessage>(Decode(value, Names.Readings));

        Assert.NotEmpty(poison.Reason);
        Assert.Equal(value ?? [], poison.Value);
        var (agent, epoch, seq) = poison.Identity;
        Assert.Equal(hasIdentity, agent is not null && epoch is not null && seq is not null);
    }

    [Fact]
    public void A_reading_of_any_topic_of_records_is_a_reading()
    {
        Assert.Equal(5, Assert.IsType<Reading>(Decode(Poison.Bytes(Records.Line(5)), Names.Readings)).Seq);
        Assert.Equal(5, Assert.IsType<Reading>(Decode(Poison.Bytes(Records.Line(5)), Names.Events)).Seq);
    }

    [Fact]
    public void An_event_in_the_topic_of_readings_is_taken_as_the_event_it_is()
    {
        const string Gap = """{"v":1,"event":"device-state","site":"north","ts":"2026-03-01T12:00:00Z","agent":"a1","epoch":"e1","seq":9}""";

        Assert.Equal(9, Assert.IsType<Event>(Decode(Poison.Bytes(Gap), Names.Readings)).Seq);
    }

    [Fact]
    public void A_tombstone_of_a_compacted_topic_is_nothing_and_poison_there_is_poison()
    {
        Assert.Null(Decode(null, Names.Tags));
        Assert.Null(Decode(null, Names.Agents));
        Assert.IsType<PoisonMessage>(Decode([1, 2], Names.Tags));
        Assert.IsType<PoisonMessage>(Decode([1, 2], Names.Agents));
    }

    private static object? Decode(byte[]? value, string topic) =>
        new StreamDecoder(Names).Deserialize(value, value is null, new SerializationContext(MessageComponentType.Value, topic));
}
