using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Penstock.Contracts;
using Xunit;

namespace Penstock.UnitTests.Contracts;

public sealed class SchemaTests
{
    public static TheoryData<string, string> Golden => Samples.Golden;

    public static TheoryData<string, string, string> Refused => [.. RefusedRecords.All];

    [Theory]
    [MemberData(nameof(Golden))]
    public void Every_golden_record_is_valid(string kind, string json)
    {
        Assert.Empty(Schemas.Load(kind).Validate(json));
        Assert.Empty(Schemas.Load(kind).Validate(json[..^1] + ",\"next\":{\"a\":1}}"));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Every_record_that_the_codec_refuses_is_invalid(string kind, string json, string reason)
    {
        Assert.True(Schemas.Load(kind).Validate(json).Count > 0, $"the schema takes what the codec refuses: {reason}");
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_record_without_a_required_field_is_invalid(string kind, string json)
    {
        var schema = Schemas.Load(kind);

        foreach (var field in Schemas.Required(kind))
            Assert.NotEmpty(schema.Validate(json.Replace($"\"{field}\":", $"\"{field}_\":", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_schemas_have_exactly_the_properties_of_the_types_in_their_order()
    {
        Assert.Equal(Wire<Event>(), Properties("event"));
        Assert.Equal(Wire<TagInfo>(), Properties("tag-info"));
        Assert.Equal(Wire<Heartbeat>(), Properties("heartbeat"));
        Assert.Equal(Wire<Confirmation>(), Properties("confirmation"));
        Assert.Equal(Wire<Gap>(), Properties("event", "gap"));
        Assert.Equal(Wire<OutboxState>(), Properties("heartbeat", "outbox"));
        Assert.Equal(Wire<LinkState>(), Properties("heartbeat", "link"));
        Assert.Equal(Wire<DeviceState>(), Properties("heartbeat", "devices", "items"));
        Assert.Equal(Wire<EpochState>(), Properties("heartbeat", "epochs", "items"));
    }

    [Fact]
    public void The_schema_of_a_reading_has_exactly_the_properties_of_the_type_in_their_order()
    {
        var properties = typeof(Reading).GetProperties()
            .Where(property => property.Name is not (nameof(Reading.FullName) or nameof(Reading.Unknown)))
            .Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));

        Assert.Equal(properties, Properties("reading"));
    }

    [Fact]
    public void Enumerations_in_the_schemas_are_those_of_the_code()
    {
        Assert.Equal(Kinds.All, Values("reading", "kind"));
        Assert.Equal(Names<Quality>(), Values("reading", "q"));
        Assert.Equal(Names<ClockState>(), Values("reading", "clock"));
    }

    [Fact]
    public void Every_property_is_described()
    {
        foreach (var kind in Schemas.Kinds)
        {
            using var schema = JsonDocument.Parse(Schemas.Text(kind));
            Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema.RootElement.GetProperty("$schema").GetString());
            Assert.All(schema.RootElement.GetProperty("properties").EnumerateObject(), property =>
                Assert.False(string.IsNullOrEmpty(property.Value.GetProperty("description").GetString())));
        }
    }

    private static IEnumerable<string> Wire<T>() =>
        ContractsJson.Wire.GetTypeInfo(typeof(T))!.Properties.Where(Written).Select(property => property.Name);

    private static bool Written(JsonPropertyInfo property) => !property.IsExtensionData && property.Get is not null;

    private static IEnumerable<string> Names<T>()
        where T : struct, Enum => Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);

    private static List<string> Properties(string kind, params string[] path)
    {
        using var schema = JsonDocument.Parse(Schemas.Text(kind));
        var properties = schema.RootElement.GetProperty("properties");
        foreach (var step in path)
            properties = step == "items" ? properties : properties.GetProperty(step);
        if (path.Length > 0)
            properties = (path[^1] == "items" ? properties.GetProperty("items") : properties).GetProperty("properties");
        return [.. properties.EnumerateObject().Select(property => property.Name)];
    }

    private static List<string> Values(string kind, string field)
    {
        using var schema = JsonDocument.Parse(Schemas.Text(kind));
        return [.. schema.RootElement.GetProperty("properties").GetProperty(field).GetProperty("enum").EnumerateArray().Select(value => value.GetString()!)];
    }
}
