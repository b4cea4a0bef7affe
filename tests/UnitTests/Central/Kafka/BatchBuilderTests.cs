using Microsoft.Extensions.Time.Testing;
using Penstock.Central.Historian;
using Penstock.Central.Kafka;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central.Kafka;

public sealed class BatchBuilderTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly BatchBuilder _builder;

    public BatchBuilderTests() => _builder = new(new("c1", new Dictionary<string, string> { ["r"] = "id-of-r" }), _clock);

    [Fact]
    public void A_batch_is_due_when_its_first_message_is_old_enough()
    {
        Assert.False(_builder.IsDue);
        _builder.Add(new("r", 0), 1, Reading(1), 10);
        Assert.False(_builder.IsDue);

        _clock.Advance(BatchBuilder.MaxAge);

        Assert.True(_builder.IsDue);
    }

    [Fact]
    public void A_batch_is_due_when_it_has_enough_bytes_or_messages()
    {
        _builder.Add(new("r", 0), 1, Reading(1), (int)BatchBuilder.MaxBytes);
        Assert.True(_builder.IsDue);
        _builder.Build();

        for (var i = 0; i < BatchBuilder.MaxMessages; i++)
            _builder.Add(new("r", 0), i, null, 0);
        Assert.True(_builder.IsDue);
    }

    [Fact]
    public void Positions_are_the_next_offset_of_each_partition_by_the_ids_of_cluster_and_topic()
    {
        _builder.Add(new("r", 0), 41, Reading(1), 10);
        _builder.Add(new("r", 0), 42, null, 0);
        _builder.Add(new("r", 1), 7, new PoisonMessage("no record", [1], default), 1);
        _builder.Add(new("no-id", 0), 3, Gap(2), 10);

        var batch = _builder.Build();

        Assert.Equal(
            [new("c1", "id-of-r", 0, 43), new("c1", "id-of-r", 1, 8), new("c1", "no-id", 0, 4)],
            batch.Read.OrderByDescending(p => p.Offset).ThenBy(p => p.TopicId));
        Assert.Equal(new MessageOrigin("r", 1, 7), Assert.Single(batch.Group.Refused).Origin);
        Assert.Equal(new MessageOrigin("no-id", 0, 3), batch.Origins[Assert.Single(batch.Group.Events).Line]);
        Assert.True(_builder.IsEmpty);
        Assert.Empty(_builder.Build().Read);
    }
}
