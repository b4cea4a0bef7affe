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

    private string? Decode(ReadOnlySpan<byte> line)
    {
        if (RecordLine.TryDecode(line, out var reading, out var item) is { } reason)
            return reason;
        if (item is not null)
            _events.Add(new(_line, item));
        else
            _readings.Add(new(_line, reading!)); // no reason and no event, so there is one
        return null;
    }

    private RefusedLine Refuse(ReadOnlySpan<byte> line, string reason)
    {
        var (agent, epoch, seq) = RecordLine.Identity(line);
        if (seq is null && ++_noise > MaxNoise)
            throw BodyException.Unusable($"more than {MaxNoise} lines are no records, the last of them line {_line} ({reason}); send one JSON object a line.");
        return new(_line, agent, epoch, seq, reason, line.ToArray());
    }
}
