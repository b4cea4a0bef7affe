using System.Text;
using System.Text.Json;
using Penstock.Contracts;
using Penstock.UnitTests.Architecture;
using Xunit;

namespace Penstock.UnitTests.Contracts;

public sealed class RecordCodecTests
{
    public static TheoryData<string, string> Golden => Samples.Golden;

    [Fact]
    public void A_reading_has_these_bytes() => Assert.Equal(Samples.PlainJson, Samples.Encode(Samples.Plain));

    [Fact]
    public void A_reading_with_every_field_has_these_bytes() => Assert.Equal(Samples.FullJson, Samples.Encode(Samples.Full));

    [Fact]
    public void A_gap_event_has_these_bytes() => Assert.Equal(Samples.GapEventJson, Samples.Encode(Samples.GapEvent));

    [Fact]
    public void A_gap_that_tells_what_was_thinned_has_these_bytes() => Assert.Equal(Samples.ThinnedEventJson, Samples.Encode(Samples.ThinnedEvent));

    [Fact]
    public void A_clock_offset_event_has_these_bytes() => Assert.Equal(Samples.OffsetEventJson, Samples.Encode(Samples.OffsetEvent));

    [Fact]
    public void A_device_state_event_has_these_bytes() => Assert.Equal(Samples.StateEventJson, Samples.Encode(Samples.StateEvent));

    [Fact]
    public void A_tag_info_has_these_bytes() => Assert.Equal(Samples.TagJson, Samples.Encode(Samples.Tag));

    [Fact]
    public void A_heartbeat_has_these_bytes() => Assert.Equal(Samples.BeatJson, Samples.Encode(Samples.Beat));

    [Fact]
    public void A_confirmation_has_these_bytes() => Assert.Equal(Samples.ConfirmedJson, Samples.Encode(Samples.Confirmed));

    [Theory]
    [MemberData(nameof(Golden))]
    public void Golden_bytes_read_and_written_again_are_the_same_bytes(string kind, string json)
    {
        var (record, reason) = Samples.Decode(kind, json);

        Assert.Null(reason);
        Assert.Equal(json, Samples.Encode(record!));
    }

    /// <summary>Lines of every version that was ever released: they are added to and never changed.</summary>
    [Theory]
    [InlineData("v1")]
    public void Records_of_every_version_are_read_and_lose_nothing(string version)
    {
        var files = Directory.GetFiles(Repository.PathOf("tests", "UnitTests", "Contracts", "golden", version), "*.ndjson");

        Assert.Equal(5, files.Length);
        foreach (var file in files)
        {
            foreach (var line in File.ReadLines(file))
            {
                var (record, reason) = Samples.Decode(Path.GetFileNameWithoutExtension(file), line);

                Assert.Null(reason);
                using var parsed = JsonDocument.Parse(line);
                using var again = JsonDocument.Parse(Samples.Encode(record!));
                Assert.All(parsed.RootElement.EnumerateObject(), field => Assert.True(JsonElement.DeepEquals(field.Value, again.RootElement.GetProperty(field.Name)), field.Name));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void Unknown_fields_are_passed_on_byte_for_byte(string kind, string json)
    {
        const string unknown = ""","next":{"a": [1.50, -0, 1E400, "\u00e9\ud800", null]},"other":"\u0041","precise":12345678901234567890.0}""";
        var extended = json[..^1] + unknown;

        var (record, reason) = Samples.Decode(kind, extended);

        Assert.Null(reason);
        Assert.Equal(extended, Samples.Encode(record!));
    }

    [Fact]
    public void Unknown_fields_inside_a_gap_are_passed_on()
    {
        var extended = Samples.GapEventJson.Replace("\"samples\":4", "\"samples\":4,\"meter\":{\"x\":1}", StringComparison.Ordinal);

        var (record, reason) = Samples.Decode("event", extended);

        Assert.Null(reason);
        Assert.Equal(extended, Samples.Encode(record!));
    }

    [Fact]
    public void A_line_break_in_an_unknown_field_never_breaks_the_line()
    {
        var (record, reason) = Samples.Decode("reading", Samples.PlainJson[..^1] + ",\"next\":[1,\r\n 2]}");

        Assert.Null(reason);
        Assert.Equal(Samples.PlainJson[..^1] + ",\"next\":[1, 2]}", Samples.Encode(record!));
    }

    [Fact]
    public void Fields_may_come_in_any_order_and_with_white_space()
    {
        using var parsed = JsonDocument.Parse(Samples.FullJson);
        var shuffled = "{ " + string.Join(" ,\n ", parsed.RootElement.EnumerateObject().Reverse().Select(field => field.ToString())) + " }";

        var (record, reason) = Samples.Decode("reading", shuffled);

        Assert.Null(reason);
        Assert.Equal(Samples.Full, record);
    }

    [Fact]
    public void A_reading_of_exactly_1024_bytes_passes_and_one_byte_more_is_refused()
    {
        var room = RecordCodec.MaxReadingBytes - Encoding.UTF8.GetByteCount(Samples.Encode(Samples.Plain with { Text = "" }));
        var fits = Samples.Plain with { Text = new string('x', room) };
        var tooLong = Samples.Plain with { Text = new string('x', room + 1) };

        var json = Samples.Encode(fits);
        var refusal = Samples.Encode(tooLong);

        Assert.Equal(RecordCodec.MaxReadingBytes, json.Length);
        Assert.Null(Samples.Decode("reading", json).Reason);
        Assert.Equal("refused: a reading has at most 1024 bytes, this one has 1025; shorten its texts", refusal);
        Assert.Equal("a reading has at most 1024 bytes, this one has 1025", Samples.Decode("reading", json + " ").Reason);
    }

    [Theory]
    [InlineData("event", RecordCodec.MaxEventBytes)]
    [InlineData("tag-info", RecordCodec.MaxTagInfoBytes)]
    [InlineData("heartbeat", RecordCodec.MaxHeartbeatBytes)]
    [InlineData("confirmation", RecordCodec.MaxConfirmationBytes)]
    public void Every_kind_has_a_size_bound_in_both_directions(string kind, int limit)
    {
        var text = new string('x', limit);
        object record = kind switch
        {
            "event" => Samples.StateEvent with { Message = text },
            "tag-info" => Samples.Tag with { Label = text },
            "confirmation" => Samples.Confirmed with { Numbers = [.. Enumerable.Range(1, limit / 20).Select(n => new SeqRange("e0", n * 2, n * 2))] },
            _ => Samples.Beat with { Notes = [text] },
        };

        var written = Samples.Encode(record);
        var read = Samples.Decode(kind, new string(' ', limit + 1)).Reason;

        Assert.Contains($"at most {limit} bytes", written, StringComparison.Ordinal);
        Assert.Contains($"at most {limit} bytes", read, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void The_encoder_refuses_a_number_that_is_not_finite(double value)
    {
        Assert.Equal("refused: value is not finite; write null with q bad", Samples.Encode(Samples.Plain with { Value = value }));
        Assert.StartsWith("refused: a heartbeat cannot be written", Samples.Encode(Samples.Beat with { Link = new() { LagSeconds = value } }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_outside_the_years_1_to_9999_is_refused_wherever_it_stands()
    {
        var never = new Timestamp(long.MaxValue);

        Assert.Equal("refused: ts lies outside the years 0001 to 9999", Samples.Encode(Samples.Plain with { Ts = never }));
        Assert.Equal("refused: gap.to lies outside the years 0001 to 9999", Samples.Encode(Samples.GapEvent with { Gap = Samples.GapEvent.Gap! with { To = never } }));
        Assert.StartsWith("refused: a heartbeat cannot be written", Samples.Encode(Samples.Beat with { Link = new() { Since = never } }), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_heartbeat_leaves_out_has_its_default()
    {
        const string json = """{"v":1,"agent":"a1","site":"north","ts":"2026-01-31T12:00:00Z","started":"2026-01-31T11:00:00Z","interval_seconds":5,"version":"0","epoch":"e1","link":{}}""";

        var (record, reason) = Samples.Decode("heartbeat", json);

        Assert.Null(reason);
        var beat = Assert.IsType<Heartbeat>(record);
        Assert.Empty(beat.Devices);
        Assert.Empty(beat.Counters);
        Assert.Equal("ssd", beat.Outbox.Storage);
        Assert.Equal("historian", beat.Link.Durability);
    }

    [Fact]
    public void An_event_is_told_from_a_reading_by_its_event_field()
    {
        Assert.True(RecordCodec.IsEvent(Encoding.UTF8.GetBytes(Samples.GapEventJson)));
        Assert.False(RecordCodec.IsEvent(Encoding.UTF8.GetBytes(Samples.PlainJson)));
        Assert.False(RecordCodec.IsEvent(Encoding.UTF8.GetBytes(Samples.PlainJson[..^1] + ",\"text\":\"event\",\"x\":{\"event\":1}}")));
        Assert.False(RecordCodec.IsEvent("{\"x\" \"event\":"u8));
    }

    [Fact]
    public void A_refused_record_does_not_spoil_the_next_one()
    {
        _ = Samples.Encode(Samples.Beat with { Link = new() { LagSeconds = double.NaN } });
        _ = Samples.Encode(Samples.Beat with { Notes = [new string('x', RecordCodec.MaxHeartbeatBytes)] });

        Assert.Equal(Samples.PlainJson, Samples.Encode(Samples.Plain));
    }
}
