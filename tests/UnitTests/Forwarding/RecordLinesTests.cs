using System.Buffers;
using System.Text;
using Penstock.Contracts;
using Penstock.EdgeAgent.Forwarding;
using Penstock.EdgeAgent.Outbox;
using Xunit;

namespace Penstock.UnitTests.Forwarding;

public sealed class RecordLinesTests
{
    [Fact]
    public void Fresh_records_are_sent_as_they_are()
    {
        var group = Some.Group(1, 3);

        Assert.Equal(Encoding.UTF8.GetString(group.Lines.Span), Written(group, Some.At(9.9)));
    }

    [Fact]
    public void Records_older_than_ten_seconds_carry_late()
    {
        var written = Written(Some.Group(1, 2), Some.At(10.1));

        Assert.All(Lines(written), line => Assert.EndsWith(",\"late\":true}", line));
        Assert.All(Lines(written), line =>
        {
            Assert.Null(RecordCodec.TryDecode(Encoding.UTF8.GetBytes(line), out Reading? reading));
            Assert.True(reading!.Late);
        });
    }

    [Theory]
    [InlineData(9.9)]
    [InlineData(12)]
    [InlineData(16)]
    public void One_by_one_the_lines_are_the_same(double now)
    {
        var lines = Some.Line(1, Some.At(0)) + "\n" + Some.Line(2, Some.At(5));
        var group = new OutboxGroup("a1", "e1", 1, 2, Some.At(0), Some.At(5), Lane.Live, Encoding.UTF8.GetBytes(lines));

        var single = RecordLines.Each(group, Some.At(now)).Select(line => Encoding.UTF8.GetString(line) + "\n");

        Assert.Equal(Written(group, Some.At(now)), string.Concat(single));
    }

    [Fact]
    public void Only_the_old_half_of_a_group_carries_late()
    {
        var lines = Some.Line(1, Some.At(0)) + "\n" + Some.Line(2, Some.At(5)) + "\n";
        var group = new OutboxGroup("a1", "e1", 1, 2, Some.At(0), Some.At(5), Lane.Live, Encoding.UTF8.GetBytes(lines));

        var written = Lines(Written(group, Some.At(12)));

        Assert.Contains("\"late\":true", written[0]);
        Assert.DoesNotContain("late", written[1]);
    }

    [Fact]
    public void A_text_that_quotes_the_time_field_does_not_mislead()
    {
        var tricky = Some.Line(1, Some.At(20)).Replace("\"tag\":\"u\"", "\"text\":\"\\\"ts\\\":\\\"1970-01-01T00:00:00.000000Z\\\"\"");
        var lines = tricky + "\n" + Some.Line(2, Some.At(0)) + "\n";
        var group = new OutboxGroup("a1", "e1", 1, 2, Some.At(0), Some.At(20), Lane.Live, Encoding.UTF8.GetBytes(lines));

        var written = Lines(Written(group, Some.At(21)));

        Assert.DoesNotContain("late", written[0]);
        Assert.Contains("late", written[1]);
    }

    [Fact]
    public void Two_halves_hold_what_the_group_held()
    {
        var (first, second) = RecordLines.Split(Some.Group(7, 5))!.Value;

        Assert.Equal((7, 2), (first.FirstSeq, first.Count));
        Assert.Equal((9, 3), (second.FirstSeq, second.Count));
        Assert.Equal(2, Lines(Encoding.UTF8.GetString(first.Lines.Span)).Length);
        Assert.Contains("\"seq\":9}", Lines(Encoding.UTF8.GetString(second.Lines.Span))[0]);
    }

    [Fact]
    public void One_record_cannot_be_split()
    {
        Assert.Null(RecordLines.Split(Some.Group(7, 1)));
    }

    [Fact]
    public void A_record_is_found_by_its_number()
    {
        var found = Encoding.UTF8.GetString(RecordLines.Find(Some.Group(7, 5), 9));

        Assert.EndsWith("\"seq\":9}", found);
        Assert.True(RecordLines.Find(Some.Group(7, 5), 12).IsEmpty);
    }

    private static string Written(OutboxGroup group, Timestamp now)
    {
        var output = new ArrayBufferWriter<byte>();
        RecordLines.Write(group, now, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
