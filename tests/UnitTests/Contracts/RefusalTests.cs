using System.Text;
using System.Text.Json;
using Xunit;

namespace Penstock.UnitTests.Contracts;

public sealed class RefusalTests
{
    public static TheoryData<string, string> Golden => Samples.Golden;

    public static TheoryData<string, string, string> Refused => [.. RefusedRecords.All];

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_wrong_record_is_refused_with_a_reason(string kind, string json, string words)
    {
        var (_, reason) = Samples.Decode(kind, json);

        Assert.Contains(words, reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void Every_required_field_that_is_missing_is_named(string kind, string json)
    {
        foreach (var field in Schemas.Required(kind))
        {
            var (_, reason) = Samples.Decode(kind, Without(json, field));

            Assert.Contains(field, reason ?? $"accepted without {field}", StringComparison.Ordinal);
            Assert.DoesNotContain("accepted", reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_key_that_stands_twice_is_refused(string kind, string json)
    {
        foreach (var doubled in new[] { json[..^1] + ",\"v\":1}", json[..^1] + ",\"next\":1,\"next\":1}" })
            Assert.NotNull(Samples.Decode(kind, doubled).Reason);
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void Nesting_without_end_is_refused(string kind, string json)
    {
        var deep = json[..^1] + ",\"next\":" + new string('[', 100) + new string(']', 100) + "}";

        Assert.Contains("depth", Samples.Decode(kind, deep).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void Half_a_record_is_refused_wherever_it_ends(string kind, string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        for (var length = 0; length < bytes.Length; length++)
            Assert.NotNull(Samples.Decode(kind, bytes.AsSpan(0, length)).Reason);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    [InlineData("{} {}")]
    [InlineData("")]
    public void What_is_no_record_object_is_refused_by_every_kind(string json)
    {
        foreach (var kind in Schemas.Kinds)
            Assert.NotNull(Samples.Decode(kind, json).Reason);
    }

    [Fact]
    public void Bytes_that_are_not_utf_8_are_refused_as_such()
    {
        byte[] json = [.. Encoding.UTF8.GetBytes(Samples.PlainJson[..^1] + ",\"text\":\""), 0xC3, 0x28, .. "\"}"u8];

        Assert.Equal("a reading is UTF-8; this one has bytes that are not", Samples.Decode("reading", json).Reason);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_in_a_known_text_is_refused()
    {
        var (_, reason) = Samples.Decode("reading", Samples.PlainJson[..^1] + ",\"text\":\"\\ud83d\"}");

        Assert.Contains("surrogate", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_beyond_the_doubles_is_refused()
    {
        var (_, reason) = Samples.Decode("reading", Samples.PlainJson.Replace("230.1", "1e400", StringComparison.Ordinal));

        Assert.Equal("value is not finite; write null with q bad", reason);
    }

    [Fact]
    public void A_reason_repeats_a_long_name_only_in_part()
    {
        var refusal = Samples.Encode(Samples.Plain with { Site = new string('X', 1_000_000) });

        Assert.InRange(refusal.Length, 100, 400);
    }

    [Fact]
    public void A_gap_that_ends_before_it_begins_is_refused()
    {
        var gap = Samples.GapEvent.Gap!;

        Assert.Equal("refused: gap ends before it begins", Samples.Encode(Samples.GapEvent with { Gap = gap with { To = gap.From - TimeSpan.FromSeconds(1) } }));
    }

    private static string Without(string json, string field)
    {
        using var parsed = JsonDocument.Parse(json);
        return "{" + string.Join(',', parsed.RootElement.EnumerateObject().Where(each => each.Name != field).Select(each => each.ToString())) + "}";
    }
}
