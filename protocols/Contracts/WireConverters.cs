using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.Contracts;

/// <summary>Time stamps as RFC 3339 text with microseconds.</summary>
public sealed class TimestampConverter : JsonConverter<Timestamp>
{
    private const int Longest = 64;

    /// <inheritdoc/>
    public override Timestamp Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, "time stamp");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Timestamp value, JsonSerializerOptions options) => Write(writer, value);

    internal static Timestamp Read(ref Utf8JsonReader reader, string field)
    {
        Span<byte> utf8 = stackalloc byte[Longest];
        return reader.TokenType == JsonTokenType.String
            && reader.ValueSpan.Length <= Longest
            && Timestamp.TryParse(utf8[..reader.CopyString(utf8)], out var value)
            ? value
            : throw new JsonException($"{field} must be RFC 3339 text such as \"2026-01-31T12:00:00.000000Z\"");
    }

    internal static void Write(Utf8JsonWriter writer, Timestamp value)
    {
        if (!value.IsValid)
            throw new JsonException("a time stamp lies outside the years 0001 to 9999");

        Span<byte> utf8 = stackalloc byte[32];
        value.TryFormat(utf8, out var written);
        writer.WriteStringValue(utf8[..written]);
    }
}

/// <summary>The quality by its wire name; exact spelling, no numbers.</summary>
public sealed class QualityConverter : JsonConverter<Quality>
{
    private static readonly JsonEncodedText Good = JsonEncodedText.Encode("good");
    private static readonly JsonEncodedText Uncertain = JsonEncodedText.Encode("uncertain");
    private static readonly JsonEncodedText Bad = JsonEncodedText.Encode("bad");

    /// <inheritdoc/>
    public override Quality Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(ref reader);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Quality value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));

    internal static JsonEncodedText Text(Quality value) => value switch
    {
        Quality.Good => Good,
        Quality.Uncertain => Uncertain,
        Quality.Bad => Bad,
        _ => throw new JsonException($"q {(int)value} has no name"),
    };

    internal static Quality Parse(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? throw Unknown()
        : reader.ValueTextEquals(Good.EncodedUtf8Bytes) ? Quality.Good
        : reader.ValueTextEquals(Uncertain.EncodedUtf8Bytes) ? Quality.Uncertain
        : reader.ValueTextEquals(Bad.EncodedUtf8Bytes) ? Quality.Bad
        : throw Unknown();

    private static JsonException Unknown() => new("q must be good, uncertain or bad");
}

/// <summary>The clock state by its wire name; exact spelling, no numbers.</summary>
public sealed class ClockStateConverter : JsonConverter<ClockState>
{
    private static readonly JsonEncodedText[] Wire =
        [.. Enum.GetValues<ClockState>().Select(state => JsonEncodedText.Encode(JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString())))];

    /// <inheritdoc/>
    public override ClockState Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(ref reader);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ClockState value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));

    internal static JsonEncodedText Text(ClockState value) =>
        (uint)value < (uint)Wire.Length ? Wire[(int)value] : throw new JsonException($"clock {(int)value} has no name");

    internal static ClockState Parse(ref Utf8JsonReader reader)
    {
        for (var i = 0; reader.TokenType == JsonTokenType.String && i < Wire.Length; i++)
        {
            if (reader.ValueTextEquals(Wire[i].EncodedUtf8Bytes))
                return (ClockState)i;
        }

        throw new JsonException("clock must be synchronised, holdover, unsynced or stepped");
    }
}

/// <summary>Values this version does not know, passed on byte for byte; only line breaks go, because one record is one line.</summary>
public sealed class RawJsonConverter : JsonConverter<JsonElement>
{
    /// <inheritdoc/>
    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonElement.ParseValue(ref reader);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => Write(writer, value);

    internal static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Undefined)
        {
            writer.WriteNullValue();
            return;
        }

        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (raw.IndexOfAny((byte)'\n', (byte)'\r') >= 0)
            raw = raw.ToArray().Where(b => b is not ((byte)'\n' or (byte)'\r')).ToArray();
        writer.WriteRawValue(raw, skipInputValidation: true);
    }
}
