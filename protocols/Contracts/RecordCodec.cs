using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

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

    /// <summary>Writes a reading. Returns null, or the reason why it may not be written; then nothing was written.</summary>
    public static string? TryEncode(Reading reading, IBufferWriter<byte> output) =>
        RecordRules.Check(reading) ?? Write(reading, ContractsJson.Wire.Reading, MaxReadingBytes, output);

    /// <summary>Writes an event. Returns null, or the reason why it may not be written; then nothing was written.</summary>
    public static string? TryEncode(Event item, IBufferWriter<byte> output) =>
        RecordRules.Check(item) ?? Write(item, ContractsJson.Wire.Event, MaxEventBytes, output);

    /// <summary>Reads a reading and checks it. Returns null, or the reason why it is refused.</summary>
    public static string? TryDecode(ReadOnlySpan<byte> json, out Reading? reading)
    {
        if (json.Length > MaxReadingBytes)
        {
            reading = null;
            return $"a reading has at most {MaxReadingBytes} bytes, this one has {json.Length}";
        }

        return Read(json, ContractsJson.Wire.Reading, out reading) ?? RecordRules.Check(reading!);
    }

    /// <summary>Reads an event and checks it. Returns null, or the reason why it is refused.</summary>
    public static string? TryDecode(ReadOnlySpan<byte> json, out Event? item)
    {
        if (json.Length > MaxEventBytes)
        {
            item = null;
            return $"an event has at most {MaxEventBytes} bytes, this one has {json.Length}";
        }

        return Read(json, ContractsJson.Wire.Event, out item) ?? RecordRules.Check(item!);
    }

    /// <summary>Reads a tag info and checks it. Returns null, or the reason why it is refused.</summary>
    public static string? TryDecode(ReadOnlySpan<byte> json, out TagInfo? tag) =>
        Read(json, ContractsJson.Wire.TagInfo, out tag) ?? RecordRules.Check(tag!);

    /// <summary>Reads a heartbeat and checks it. Returns null, or the reason why it is refused.</summary>
    public static string? TryDecode(ReadOnlySpan<byte> json, out Heartbeat? heartbeat) =>
        Read(json, ContractsJson.Wire.Heartbeat, out heartbeat) ?? RecordRules.Check(heartbeat!);

    /// <summary>True when the JSON object has an <c>event</c> field at its top level; false for anything else.</summary>
    public static bool IsEvent(ReadOnlySpan<byte> json)
    {
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

    private static string? Write<T>(T record, JsonTypeInfo<T> form, int limit, IBufferWriter<byte> output)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(record, form);
        if (json.Length > limit)
            return $"at most {limit} bytes are allowed, this one has {json.Length}; shorten text, unit or reason";

        output.Write(json);
        return null;
    }

    private static string? Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> form, out T? record)
        where T : class
    {
        try
        {
            record = JsonSerializer.Deserialize(json, form);
            return record is null ? "the JSON is null; an object is needed" : null;
        }
        catch (JsonException e)
        {
            record = null;
            return e.Path is { Length: > 1 } path ? $"{path.TrimStart('$', '.')}: {e.Message}" : e.Message;
        }
    }
}
