using System.Buffers;
using Penstock.Contracts;
using Penstock.EdgeAgent.Normalising;
using Penstock.Protocols;
using Penstock.UnitTests.Forwarding;
using Xunit;

namespace Penstock.UnitTests.Normalising;

public sealed class NormaliserTests
{
    private static readonly TagDefinition Power = new()
    {
        Tag = "power",
        Kind = Kinds.Plc,
        Type = "number",
        Unit = "kW",
        Interval = TimeSpan.FromSeconds(1),
    };

    private static readonly TagDefinition Banded = Power with { Report = new ReportRule(0.5, TimeSpan.FromSeconds(60)) };

    [Fact]
    public void A_sample_becomes_a_reading_with_names_kind_unit_and_clock()
    {
        var batch = Normalise(Power, Sample(0, 12.5));

        var reading = Assert.Single(batch.Readings);
        Assert.Equal("north/meter-1/power", reading.FullName);
        Assert.Equal((Kinds.Plc, "kW", 12.5, ClockState.Holdover), (reading.Kind, reading.Unit, reading.Value, reading.Clock));
        Assert.Equal(Some.At(0), reading.Ts);
    }

    [Theory]
    [InlineData(double.NaN, "not a number")]
    [InlineData(double.PositiveInfinity, "infinite")]
    public void A_value_that_is_no_number_becomes_null_and_bad(double value, string why)
    {
        var bare = Normalise(Power, Sample(0, null) with { Value = new RecordValue(value) }).Readings[0];
        var told = Normalise(Power, Sample(0, null) with { Value = RecordValue.From(value) }).Readings[0];

        Assert.Equal((null, Quality.Bad, why), (bare.Value, bare.Q, bare.Why));
        Assert.Equal((null, Quality.Bad, why), (told.Value, told.Q, told.Why));
    }

    [Fact]
    public void A_quality_that_is_not_good_always_has_a_reason()
    {
        var reading = Normalise(Power, Sample(0, null, Quality.Bad)).Readings[0];

        Assert.Equal("no reason given", reading.Why);
    }

    [Fact]
    public void The_digits_of_a_large_integer_stand_in_the_text()
    {
        var reading = Normalise(Power, Sample(0, null) with { Value = RecordValue.From(ulong.MaxValue) }).Readings[0];

        Assert.Equal("18446744073709551615", reading.Text);
        Assert.Equal(Quality.Good, reading.Q);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("\u0001")]
    [InlineData("\"")]
    [InlineData("ä")]
    [InlineData("🙂")]
    public void A_text_too_long_for_a_record_is_cut_to_whole_characters_and_uncertain(string character)
    {
        var text = string.Concat(Enumerable.Repeat(character, 2000));

        var batch = Normalise(Power, Sample(0, null) with { Text = text });

        var reading = batch.Readings[0] with { Agent = new string('a', 64), Epoch = new string('e', 64), Seq = long.MaxValue, Late = true };
        var output = new ArrayBufferWriter<byte>();
        Assert.Null(RecordCodec.TryEncode(reading, output));
        Assert.Equal(Quality.Uncertain, reading.Q);
        Assert.Contains("cut to", reading.Why);
        Assert.StartsWith(reading.Text!, text);
        Assert.True(reading.Text!.Length > 20);
        Assert.False(char.IsHighSurrogate(reading.Text[^1]));
        Assert.Equal(1, batch.TextsCut);
    }

    [Fact]
    public void A_text_that_fits_is_left_alone()
    {
        var reading = Normalise(Power, Sample(0, null) with { Text = "running" }).Readings[0];

        Assert.Equal(("running", Quality.Good, null), (reading.Text, reading.Q, reading.Why));
    }

    [Fact]
    public void An_endless_reason_is_cut()
    {
        var reading = Normalise(Power, Sample(0, null, Quality.Bad) with { Why = new string('y', 5000) }).Readings[0];

        Assert.Equal(TextLimit.MaxReasonBytes, reading.Why!.Length);
    }

    [Fact]
    public void Without_a_report_rule_every_sample_is_sent()
    {
        var batch = Normalise(Power, Sample(0, 1), Sample(1, 1), Sample(2, 1));

        Assert.Equal((3, 0), (batch.Readings.Count, batch.Suppressed));
    }

    [Fact]
    public void Within_the_deadband_of_the_last_one_sent_nothing_is_sent()
    {
        var batch = Normalise(Banded, Sample(0, 1), Sample(1, 1.4), Sample(2, 1.5), Sample(3, 1.6), Sample(4, 2.0));

        Assert.Equal([1, 1.6], batch.Readings.Select(reading => reading.Value!.Value));
        Assert.Equal(3, batch.Suppressed);
    }

    [Fact]
    public void A_creeping_value_is_sent_when_it_has_crept_far_enough()
    {
        var batch = Normalise(Banded, [.. Enumerable.Range(0, 11).Select(i => Sample(i, i * 0.1))]);

        Assert.Equal([0, 0.6], batch.Readings.Select(reading => Math.Round(reading.Value!.Value, 1)));
    }

    [Fact]
    public void An_unchanged_value_is_sent_again_after_the_longest_silence()
    {
        var batch = Normalise(Banded, Sample(0, 1), Sample(59.9, 1), Sample(60, 1));

        Assert.Equal([Some.At(0), Some.At(60)], batch.Readings.Select(reading => reading.Ts));
    }

    [Fact]
    public void Every_change_of_quality_or_reason_is_sent_and_so_is_the_return_to_good()
    {
        var batch = Normalise(
            Banded,
            Sample(0, 1), Sample(1, null, Quality.Bad, "no answer"), Sample(2, null, Quality.Bad, "no answer"),
            Sample(3, null, Quality.Bad, "refused"), Sample(4, 1), Sample(5, 1));

        Assert.Equal([0, 1, 3, 4], batch.Readings.Select(reading => (int)(reading.Ts - Some.At(0)).TotalSeconds));
    }

    [Fact]
    public void A_clock_that_went_back_silences_nothing()
    {
        var batch = Normalise(Banded, Sample(100, 1), Sample(50, 1));

        Assert.Equal(2, batch.Readings.Count);
    }

    [Fact]
    public void Every_sample_is_counted_once()
    {
        var batch = Normalise(
            Banded, Sample(0, 1), Sample(1, 1), Sample(2, null, Quality.Bad, "no answer"), Sample(3, 2, Quality.Uncertain, "outside"), Sample(4, 5));

        Assert.Equal((2, 2, 1), (batch.Good, batch.NotGood, batch.Suppressed));
        Assert.Equal(5, batch.Samples.Count);
    }

    [Fact]
    public void A_tag_the_source_has_not_defined_is_a_fault_of_the_source()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Normalise(Power, Sample(0, 1) with { Tag = "current" }));

        Assert.Contains("'current'", error.Message);
    }

    private static NormalisedBatch Normalise(TagDefinition tag, params Sample[] samples) =>
        new Normaliser("north", "meter-1", [tag]).Normalise(samples, ClockState.Holdover);

    private static Sample Sample(double at, double? value, Quality q = Quality.Good, string? why = null) =>
        new() { Tag = "power", Ts = Some.At(at), Value = new RecordValue(value), Q = q, Why = why };
}
