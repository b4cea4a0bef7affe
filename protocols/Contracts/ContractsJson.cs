using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.Contracts;

/// <summary>Generated JSON code for the record kinds. Always used through <see cref="Wire"/>, which adds the rules an attribute cannot state.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Reading))]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(TagInfo))]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(Confirmation))]
public sealed partial class ContractsJson : JsonSerializerContext
{
    /// <summary>Deepest nesting that is read, unknown fields included.</summary>
    public const int MaxDepth = 16;

    /// <summary>
    /// The context that the wire uses: snake case, text as readable UTF-8 instead of escapes, no null fields,
    /// no key twice, no null where the type forbids it.
    /// </summary>
    public static ContractsJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MaxDepth,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        Converters = { new RawJsonConverter() },
    });
}
