using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.EdgeAgent.Forwarding.Confirming;

/// <summary>
/// Numbers the broker refused for good and the groups that hold them, until a gap is told. Bounded by what both lanes have
/// under way. Not thread safe.
/// </summary>
internal sealed class RefusedNumbers(string site)
{
    // An event has at most 16 KiB; a range needs about 90 bytes of it.
    private const int RangesPerEvent = 100;

    private readonly List<RefusedRecord> _records = [];
    private readonly List<OutboxGroup> _held = [];

    public void Add(IReadOnlyList<RefusedRecord> records) => _records.AddRange(records);

    /// <summary>True when the group holds a number whose gap is not told yet; then it is kept here.</summary>
    public bool Hold(OutboxGroup group)
    {
        if (_records.Count == 0 || !_records.Exists(record => Holds(group, record)))
            return false;
        _held.Add(group with { Lines = default });
        return true;
    }

    /// <summary>What is to be told; records of groups not yet handed over stay.</summary>
    public RefusedPart Take()
    {
        OutboxGroup[] held = [.. _held];
        var told = _records.Where(record => held.Any(group => Holds(group, record))).ToArray();
        _held.Clear();
        _records.RemoveAll(record => told.Contains(record));
        return new RefusedPart(told, held);
    }

    /// <summary>The gaps could not be told; they are the next time.</summary>
    public void PutBack(RefusedPart part)
    {
        _records.AddRange(part.Records);
        _held.AddRange(part.Held);
    }

    public IEnumerable<Event> Gaps(RefusedPart part, Timestamp now)
    {
        var numbers = part.Records
            .GroupBy(record => record.Epoch)
            .SelectMany(epoch => Ranges(epoch).Select(range => new SeqRange(epoch.Key, range.From, range.To)));
        return numbers.Chunk(RangesPerEvent).Select(ranges => Gap(ranges, part, now));
    }

    private static bool Holds(OutboxGroup group, RefusedRecord record) =>
        record.Epoch == group.Epoch && record.Seq >= group.FirstSeq && record.Seq < group.FirstSeq + group.Count;

    private static IReadOnlyList<(long From, long To)> Ranges(IEnumerable<RefusedRecord> records)
    {
        var ranges = new SeqRanges();
        foreach (var record in records)
            ranges.Add(record.Seq, record.Seq);
        return ranges.Ranges;
    }

    private Event Gap(SeqRange[] numbers, RefusedPart part, Timestamp now) => new()
    {
        Kind = EventKinds.Gap,
        Site = site,
        Ts = now,
        Message = $"the broker refused records for good, they lie in the agent's quarantine: {part.Records[0].Reason}",
        Gap = new Gap { From = part.Held.Min(group => group.MinTs), To = part.Held.Max(group => group.MaxTs), Cause = GapCauses.Refused, Numbers = numbers },
    };
}

/// <summary>Refused records and the groups that wait for their gap; these may go on when it is accepted.</summary>
internal sealed record RefusedPart(IReadOnlyList<RefusedRecord> Records, IReadOnlyList<OutboxGroup> Held);
