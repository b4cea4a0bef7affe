using System.Text.Json;
using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Ingest;

/// <summary>Sorts the lines of one body into readings, events and refused lines.</summary>
internal sealed class LineDecoder
{
    /// <summary>Lines without a readable identity after which the body is taken for something else: each costs far more than a record.</summary>
    private const int MaxNoise = 100;

    private readonly List<Numbered<Reading>> _readings = [];
    private readonly List<Numbered<Event>> _events = [];
    private readonly List<RefusedLine> _refused = [];
    private int _line;
    private int _noise;

    public RecordGroup Group => new(_readings, _events, _refused);

    /// <exception cref="BodyException">Too many lines are no records at all.</exception>
    public void Add(ReadOnlySpan<byte> line)
    {
        _line++;
        if (line.IsEmpty)
            return;
        if (Decode(line) is { } reason)
            _refused.Add(Refuse(line, reason));
    }

    // Most lines are readings, so the cheap search comes before the exact one.
    private string? Decode(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("\"event\""u8) >= 0 && RecordCodec.IsEvent(line))
        {
            if (RecordCodec.TryDecode(line, out Event? item) is { } wrong)
                return wrong;
            _events.Add(new(_line, item!)); // the codec gave no reason, so there is one
            return null;
        }

        if (RecordCodec.TryDecode(line, out Reading? reading) is { } reason)
            return reason;
        _readings.Add(new(_line, reading!)); // as above
        return null;
    }

    private RefusedLine Refuse(ReadOnlySpan<byte> line, string reason)
    {
        var (agent, epoch, seq) = Identity(line);
        if (seq is null && ++_noise > MaxNoise)
            throw BodyException.Unusable($"more than {MaxNoise} lines are no records, the last of them line {_line} ({reason}); send one JSON object a line.");
        return new(_line, agent, epoch, seq, reason, line.ToArray());
    }

    private static (string? Agent, string? Epoch, long? Seq) Identity(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return default;
            var agent = Name(document.RootElement, "agent");
            var epoch = Name(document.RootElement, "epoch");
            var seq = document.RootElement.TryGetProperty("seq", out var number) && number.ValueKind == JsonValueKind.Number
                && number.TryGetInt64(out var value) && value >= 1 ? value : (long?)null;
            return (agent, epoch, seq);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static string? Name(JsonElement record, string field) =>
        record.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { } name && Names.IsValid(name)
            ? name
            : null;
}
