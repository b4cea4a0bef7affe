using System.Buffers;
using Penstock.Central.Historian;
using Penstock.Central.Kafka;
using Penstock.Contracts;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central.Kafka;

public sealed class ConfirmationsTests
{
    [Fact]
    public void Numbers_of_readings_and_events_become_ranges_per_agent_and_epoch()
    {
        var group = new RecordGroup(
            [.. new[] { Reading(3), Reading(1), Reading(2), Reading(7), Reading(1, epoch: "e2"), Reading(5, agent: "a2") }.Select((r, i) => new Numbered<Reading>(i, r))],
            [new(6, Gap(4))],
            []);

        var confirmations = Confirmations.Of(group, [], Noon);

        Assert.Equal(2, confirmations.Count);
        Assert.Equal(("a1", Noon), (confirmations[0].Agent, confirmations[0].Ts));
        Assert.Equal([new("e1", 1, 4), new("e1", 7, 7), new("e2", 1, 1)], confirmations[0].Numbers);
        Assert.Null(confirmations[0].Refused);
        Assert.Equal([new("e1", 5, 5)], confirmations[1].Numbers);
    }

    [Fact]
    public void Refused_numbers_are_told_apart_also_those_that_only_the_historian_refused()
    {
        var group = new RecordGroup([new(0, Reading(1)), new(1, Reading(2))], [], [new(2, "a1", "e1", 9, "no record", [])]);
        RefusedLine byHistorian = new(1, "a1", "e1", 2, "too many tags", []);

        var confirmations = Confirmations.Of(group, [.. group.Refused, byHistorian], Noon);

        Assert.Equal([new("e1", 1, 1)], confirmations[0].Numbers);
        Assert.Equal([new("e1", 2, 2), new("e1", 9, 9)], confirmations[1].Numbers);
        Assert.Equal(confirmations[1].Numbers, confirmations[1].Refused);
    }

    [Fact]
    public void Without_an_identity_there_is_nothing_to_confirm()
    {
        Assert.Empty(Confirmations.Of(Refused(Refusal(null)), [Refusal(null)], Noon));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Many_ranges_are_split_so_that_each_message_can_be_written_and_none_is_missing(bool refused)
    {
        var epoch = new string('e', Names.MaxLength);
        List<long> numbers = [.. Enumerable.Range(1, 20_000).Select(n => long.MaxValue / 2 - (2L * n))];
        var group = refused
            ? new RecordGroup([], [], [.. numbers.Select((n, i) => new RefusedLine(i, "a1", epoch, n, "no record", []))])
            : Group(numbers.Select(n => Reading(n, epoch: epoch)));

        var confirmations = Confirmations.Of(group, group.Refused, Noon);

        Assert.True(confirmations.Count > 1);
        Assert.All(confirmations, c => Assert.Null(RecordCodec.TryEncode(c, new ArrayBufferWriter<byte>())));
        Assert.Equal(numbers.Order(), confirmations.SelectMany(c => c.Numbers).Select(range => range.From));
    }
}
