using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Contracts;
using Penstock.EdgeAgent.Data;
using Penstock.UnitTests.Forwarding;
using Xunit;

namespace Penstock.UnitTests.Running;

public sealed class TagVersionsTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public TagVersionsTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_tag_begins_with_version_1_and_keeps_it()
    {
        Assert.Equal(1, Number(Tag("number", "kW")));
        Assert.Equal(1, Number(Tag("number", "kW") with { Label = "other" }));
    }

    [Fact]
    public void Another_unit_or_type_is_another_version_also_the_way_back()
    {
        Number(Tag("number", "kW"));

        Assert.Equal(2, Number(Tag("number", "W")));
        Assert.Equal(3, Number(Tag("enum", "W")));
        Assert.Equal(4, Number(Tag("number", "kW")));
    }

    [Fact]
    public void A_tag_that_was_away_is_remembered()
    {
        Number(Tag("number", "kW"));
        Number(Tag("number", "kW") with { Tag = "other" });

        Assert.Equal(2, Number(Tag("number", "W")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"meter-1/power\":")]
    [InlineData("null")]
    public void A_damaged_file_is_begun_anew(string text)
    {
        File.WriteAllText(Path.Combine(_folder, "tags.json"), text);

        Assert.Equal(1, Number(Tag("number", "kW")));
        Assert.Equal(2, Number(Tag("number", "W")));
    }

    private int Number(TagInfo tag) => new TagVersions(_folder, NullLogger.Instance).Number([tag])[0].TagVersion;

    private static TagInfo Tag(string type, string unit) => new()
    {
        Site = "north",
        Device = "meter-1",
        Tag = "power",
        Kind = Kinds.Plc,
        Type = type,
        Unit = unit,
        Ts = Some.At(0),
    };
}
