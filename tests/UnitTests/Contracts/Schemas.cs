using System.Text.Json;
using NJsonSchema;
using Penstock.UnitTests.Architecture;

namespace Penstock.UnitTests.Contracts;

/// <summary>The published JSON Schemas.</summary>
internal static class Schemas
{
    public static IReadOnlyList<string> Kinds { get; } = ["reading", "event", "tag-info", "heartbeat", "confirmation"];

    public static string Text(string kind) => File.ReadAllText(Repository.PathOf("protocols", "Contracts", "schemas", $"{kind}.schema.json"));

    public static JsonSchema Load(string kind) => JsonSchema.FromJsonAsync(Text(kind)).GetAwaiter().GetResult();

    public static IReadOnlyList<string> Required(string kind)
    {
        using var schema = JsonDocument.Parse(Text(kind));
        return [.. schema.RootElement.GetProperty("required").EnumerateArray().Select(name => name.GetString()!)];
    }
}
