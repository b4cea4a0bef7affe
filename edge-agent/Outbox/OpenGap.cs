using System.Buffers;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>Numbers by epoch.</summary>
internal sealed class RangeBook
{
    private readonly Dictionary<string, SeqRanges> _epochs = [];

    public bool IsEmpty => _epochs.Values.All(ranges => ranges.IsEmpty);

    public long Count => _epochs.Values.Sum(ranges => ranges.Count);

    public void Add(string epoch, long from, long to) => Of(epoch).Add(from, to);

    public void Add(IEnumerable<SeqRange> ranges)
    {
        foreach (var range in ranges)
            Add(range.Epoch, range.From, range.To);
    }

    public void Remove(string epoch, SeqRanges numbers) => Of(epoch).Remove(numbers);

    public bool Covers(SeqRange range) => _epochs.TryGetValue(range.Epoch, out var ranges) && ranges.Covers(range.From, range.To);

    public void Clear() => _epochs.Clear();

    public IEnumerable<SeqRange> All()
    {
        foreach (var (epoch, ranges) in _epochs)
        {
            foreach (var (from, to) in ranges.Ranges)
                yield return new SeqRange(epoch, from, to);
        }
    }

    private SeqRanges Of(string epoch)
    {
        if (!_epochs.TryGetValue(epoch, out var ranges))
            _epochs[epoch] = ranges = new SeqRanges();
        return ranges;
    }
}

/// <summary>
/// One loss that may still grow: what was dropped for one cause, with the totals of what was thinned. It becomes numbered
/// events when it is sealed; until then its drafts on disk account for it.
/// </summary>
internal sealed class OpenGap(string cause)
{
    private readonly SortedDictionary<(string Device, string Tag), (long Count, double Sum)> _totals = [];

    public string Cause => cause;

    public RangeBook Numbers { get; } = new();

    public Timestamp? From { get; private set; }

    public Timestamp? To { get; private set; }

    /// <summary>Some of it could never be read: it is told by time only.</summary>
    public bool Unread { get; set; }

    /// <summary>The drafts that hold it, as ranges of their numbers by epoch.</summary>
    public RangeBook Drafts { get; } = new();

    public bool IsEmpty => Numbers.IsEmpty && !Unread;

    public void AddTotal(string device, string tag, long count, double sum)
    {
        var total = _totals.GetValueOrDefault((device, tag));
        _totals[(device, tag)] = (total.Count + count, total.Sum + sum);
    }

    public void Widen(Timestamp? from, Timestamp? to)
    {
        From = From is { } low && from is { } f ? (f < low ? f : low) : From ?? from;
        To = To is { } high && to is { } t ? (t > high ? t : high) : To ?? to;
    }

    /// <summary>What an event about a loss names, because the event itself goes.</summary>
    public void Add(Gap gap)
    {
        if (gap.Numbers is null && gap.Thinned is null)
            Unread |= gap.Cause == cause && gap.Samples is null;
        Numbers.Add(gap.Numbers ?? []);
        foreach (var tag in gap.Thinned ?? [])
            AddTotal(tag.Device, tag.Tag, tag.Count, tag.Count * tag.Mean);
        Widen(gap.From, gap.To);
    }

    public void Add(OpenGap other)
    {
        Numbers.Add(other.Numbers.All());
        Drafts.Add(other.Drafts.All());
        foreach (var ((device, tag), total) in other._totals)
            AddTotal(device, tag, total.Count, total.Sum);
        Unread |= other.Unread;
        Widen(other.From, other.To);
    }

    public IEnumerable<ThinnedTag> Totals =>
        _totals.Select(total => new ThinnedTag(total.Key.Device, total.Key.Tag, total.Value.Count, Math.Round(total.Value.Sum / total.Value.Count, 6)));

    /// <summary>As a draft keeps it: gap events, one a line, without a number that counts.</summary>
    public byte[] ToLines(string agent, string epoch, string site, Timestamp now)
    {
        var lines = new ArrayBufferWriter<byte>();
        foreach (var item in GapEvents.ForOpenGap(this, site, now))
        {
            if (RecordCodec.TryEncode(item with { Agent = agent, Epoch = epoch, Seq = 1 }, lines) is { } reason)
                throw new OutboxException($"the agent's own gap is refused: {reason}");
            lines.Write("\n"u8);
        }

        return lines.WrittenSpan.ToArray();
    }

    /// <summary>What a draft holds.</summary>
    public static IEnumerable<OpenGap> FromLines(ReadOnlySpan<byte> lines)
    {
        Dictionary<string, OpenGap> gaps = [];
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? [] : lines[(end + 1)..];
            if (RecordCodec.TryDecode(line, out Event? item) is not null || item?.Gap is not { } gap)
                continue;
            if (!gaps.TryGetValue(gap.Cause, out var open))
                gaps[gap.Cause] = open = new OpenGap(gap.Cause);
            open.Add(gap);
        }

        return gaps.Values;
    }
}
