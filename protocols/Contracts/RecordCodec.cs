using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Penstock.Contracts;

/// <summary>
/// Records to and from their JSON form (UTF-8, one object, no line break). A refusal is a value, not an exception:
/// the reason says which field is wrong and what would be right.
/// </summary>
public static class RecordCodec
{
    /// <summary>The version of the form that this codec writes.</summary>
    public const int Version = 1;

    /// <summary>Most bytes of a reading's JSON.</summary>
    public const int MaxReadingBytes = 1024;

    /// <summary>Most bytes of an event's JSON.</summary>
    public const int MaxEventBytes = 16 * 1024;

    /// <summary>Most bytes of a tag info's JSON.</summary>
    public const int MaxTagInfoBytes = 4 * 1024;

    /// <summary>Most bytes of a heartbeat's JSON: room for about 800 devices.</summary>
    public const int MaxHeartbeatBytes = 256 * 1024;

    /// <summary>Most bytes of a confirmation's JSON: room for about 1,000 ranges.</summary>
    public const int MaxConfirmationBytes = 64 * 1024;

    /// <summary>Writes a reading. Returns null, or the reason why it may not be written; then nothing was written.</summary>
    public static string? TryEncode(Reading reading, IBufferWriter<byte> output) =>
        RecordRules.Check(reading) ?? RecordWriter.Write(reading, ReadingConverter.Write, "a reading", MaxReadingBytes, output);

    /// <summary>Writes an event. Returns null, or the reason why it may not be written; then nothing was written.</summary>
    public static string? TryEncode(Event item, IBufferWriter<byte> output) =>
        RecordRules.Check(item) ?? RecordWriter.Write(item, static (json, it) => JsonSerializer.Serialize(json, it, ContractsJson.Wire.Event), "an event", MaxEventBytes, output);

    /// <summary>Writes a tag info. Returns null, or the reason why it may not be written; then nothing was written.</summary>
    public static string? TryEncode(TagInfo tag, IBufferWriter<byte> output) =>
        RecordRules.Check(tag) ?? RecordWriter.Write(tag, static (json, it) => JsonSerializer.Serialize(json, it, ContractsJson.Wire.TagInfo), "a tag info", MaxTagInfoBytes, output);

    /// <summary>Writes a heartbeat. Returns null, or the reason why it may not be written; then nothing was written.</summary>
    public static string? TryEncode(Heartbeat heartbeat, IBufferWriter<byte> output) =>
        RecordRules.Check(heartbeat) ?? RecordWriter.Write(heartbeat, static (json, it) => JsonSerializer.Serialize(json, it, ContractsJson.Wire.Heartbeat), "a heartbeat", MaxHeartbeatBytes, output);

    /// <summary>Writes a confirmation. Returns null, or the reason why it may not be written; then nothing was written.</summary>
    public static string? TryEncode(Confirmation confirmation, IBufferWriter<byte> output) =>
        RecordRules.Check(confirmation) ?? RecordWriter.Write(confirmation, static (json, it) => JsonSerializer.Serialize(json, it, ContractsJson.Wire.Confirmation), "a confirmation", MaxConfirmationBytes, output);

    /// <summary>Reads a reading and checks it. Returns null, or the reason why it is refused.</summary>
    public static string? TryDecode(ReadOnlySpan<byte> json, out Reading? reading) =>
        Read(json, ContractsJson.Wire.Reading, "a reading", MaxReadingBytes, out reading) ?? RecordRules.Check(reading!); // no reason: read

    /// <summary>Reads an event and checks it. Returns null, or the reason why it is refused.</summary>
    public static string? TryDecode(ReadOnlySpan<byte> json, out Event? item) =>
        Read(json, ContractsJson.Wire.Event, "an event", MaxEventBytes, out item) ?? RecordRules.Check(item!); // no reason: read

    /// <summary>Reads a tag info and checks it. Returns null, or the reason why it is refused.</summary>
    public static string? TryDecode(ReadOnlySpan<byte> json, out TagInfo? tag) =>
        Read(json, ContractsJson.Wire.TagInfo, "a tag info", MaxTagInfoBytes, out tag) ?? RecordRules.Check(tag!); // no reason: read

    /// <summary>Reads a heartbeat and checks it. Returns null, or the reason why it is refused.</summary>
    public static string? TryDecode(ReadOnlySpan<byte> json, out Heartbeat? heartbeat) =>
        Read(json, ContractsJson.Wire.Heartbeat, "a heartbeat", MaxHeartbeatBytes, out heartbeat) ?? RecordRules.Check(heartbeat!); // no reason: read

    /// <summary>Reads a confirmation and checks it. Returns null, or the reason why it is refused.</summary>
    public static string? TryDecode(ReadOnlySpan<byte> json, out Confirmation? confirmation) =>
        Read(json, ContractsJson.Wire.Confirmation, "a confirmation", MaxConfirmationBytes, out confirmation) ?? RecordRules.Check(confirmation!); // no reason: read

    /// <summary>True when the JSON object has an <c>event</c> field, that is, when it is to be read as an event.</summary>
    public static bool IsEvent(ReadOnlySpan<byte> json)
    {
        // One record is one line and nearly all are readings: the vectorised search spares them the walk through the tokens.
        if (json.IndexOf("\"event\""u8) < 0)
            return false;

        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("event"u8))
                    return true;
            }

            return false;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> form, string what, int limit, out T? record)
        where T : class
    {
        record = null;
        if (json.Length > limit)
            return $"{what} has at most {limit} bytes, this one has {json.Length}";
        if (!Utf8.IsValid(json))
            return $"{what} is UTF-8; this one has bytes that are not";

        try
        {
            record = JsonSerializer.Deserialize(json, form);
            return record is null ? "the JSON is null; an object is needed" : null;
        }
        catch (JsonException e)
        {
            return Reason(e);
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }

    private static string Reason(JsonException e)
    {
        // The inner exception names the fault (wrong type, half of a surrogate pair), the outer one only the .NET type.
        var message = e.InnerException?.Message ?? e.Message;
        var place = message.IndexOf(" Path: ", StringComparison.Ordinal);
        message = place < 0 ? message : message[..place];
        return e.Path is { Length: > 2 } path ? $"{path[2..]}: {message}" : message;
    }
}
