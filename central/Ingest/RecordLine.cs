using System.Text.Json;
using Penstock.Contracts;

namespace Penstock.Central.Ingest;

/// <summary>What could be read of a refused record's identity.</summary>
internal readonly record struct RecordIdentity(string? Agent, string? Epoch, long? Seq);

/// <summary>One numbered record: a line of a body or the value of a message.</summary>
internal static class RecordLine
{
    /// <summary>One of the two is set, or the reason why the record is refused is returned.</summary>
    public static string? TryDecode(ReadOnlySpan<byte> json, out Reading? reading, out Event? item)
    {
        reading = null;
        item = null;
        return RecordCodec.IsEvent(json) ? RecordCodec.TryDecode(json, out item) : RecordCodec.TryDecode(json, out reading);
    }

    /// <summary>The identity of a record that was refused, as far as it can be read.</summary>
    public static RecordIdentity Identity(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return default;
            var agent = Name(document.RootElement, "agent");
            var epoch = Name(document.RootElement, "epoch");
            var seq = document.RootElement.TryGetProperty("seq", out var number) && number.ValueKind == JsonValueKind.Number
                && number.TryGetInt64(out var value) && value >= 1 ? value : (long?)null;
            return new(agent, epoch, seq);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default; // the second: a text that is not UTF-8
        }
    }

    private static string? Name(JsonElement record, string field) =>
        record.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { } name && Names.IsValid(name)
            ? name
            : null;
}
