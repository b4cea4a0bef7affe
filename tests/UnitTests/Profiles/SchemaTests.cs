using System.Text.Json.Nodes;
using NJsonSchema;
using Penstock.Protocols.Profiles;
using Penstock.Protocols.Profiles.Yaml;
using Xunit;

namespace Penstock.UnitTests.Profiles;

public sealed class SchemaTests
{
    public static TheoryData<string> Files => [.. ShippedProfiles.Files, CaseFiles.Path("Profiles", "brook-h8.yaml"), CaseFiles.Path("Profiles", "not-acted-on.yaml")];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_profile_that_loads_fits_the_schema_for_editors(string file)
    {
        var schema = await JsonSchema.FromFileAsync(Path.Combine(ShippedProfiles.Folder, "schema.json"), TestContext.Current.CancellationToken);
        var problems = new ProblemList(SourceFile.FromText(file, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)));

        var errors = schema.Validate(ToJson(YamlReader.Read(problems))?.ToJsonString() ?? "null");

        Assert.Empty(errors);
    }

    [Fact]
    public async Task The_schema_refuses_an_unknown_key()
    {
        var schema = await JsonSchema.FromFileAsync(Path.Combine(ShippedProfiles.Folder, "schema.json"), TestContext.Current.CancellationToken);

        var errors = schema.Validate("""{"profile": 1, "kind": "modbus", "id": "a", "addresses": {"written_as": "wire"}, "registers": [{"tag": "a", "type": "int16", "scal": 1}]}""");

        Assert.NotEmpty(errors);
    }

    /// <summary>As an editor reads it: bare numbers and true or false are what they look like.</summary>
    private static JsonNode? ToJson(YamlNode? node) => node switch
    {
        YamlScalar { IsQuoted: true } quoted => JsonValue.Create(quoted.Text),
        YamlScalar { Text: "true" or "false" } flag => JsonValue.Create(flag.Text == "true"),
        YamlScalar scalar when Scalars.TryInteger(scalar.Text, out var whole) => JsonValue.Create(whole),
        YamlScalar scalar when Scalars.TryNumber(scalar.Text, out var number) => JsonValue.Create(number),
        YamlScalar scalar => JsonValue.Create(scalar.Text),
        YamlList list => new JsonArray([.. list.Items.Select(ToJson)]),
        YamlMap map => new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key, ToJson(e.Value)))),
        _ => null,
    };
}
