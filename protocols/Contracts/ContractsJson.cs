using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.Contracts;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimestampConverter)],
    WriteIndented = false)]
[JsonSerializable(typeof(Reading))]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(TagInfo))]
[JsonSerializable(typeof(Heartbeat))]
public sealed partial class ContractsJson : JsonSerializerContext
{
    /// <summary>The context that the wire uses: text stays readable UTF-8 instead of escapes.</summary>
    public static ContractsJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new TimestampConverter() },
    });
}

/// <summary>Time stamps as RFC 3339 text with microseconds.</summary>
public sealed class TimestampConverter : JsonConverter<Timestamp>
{
    public override Timestamp Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Timestamp.TryParse(reader.GetString(), out var value)
            ? value
            : throw new JsonException("a time stamp is RFC 3339 text such as \"2026-01-31T12:00:00.000000Z\"");

    public override void Write(Utf8JsonWriter writer, Timestamp value, JsonSerializerOptions options)
    {
        Span<byte> utf8 = stackalloc byte[32];
        value.TryFormat(utf8, out var written);
        writer.WriteStringValue(utf8[..written]);
    }
}
