namespace Penstock.Central.Historian;

/// <summary>What became of a number. A higher state replaces a lower one, so the order of arrival does not matter.</summary>
internal enum LedgerState
{
    /// <summary>The agent told in a gap that the record is lost.</summary>
    Dropped = 1,

    /// <summary>The record arrived and was refused; it is kept as a dead letter.</summary>
    Dead = 2,

    Stored = 3,
}

internal readonly record struct LedgerRange(long From, long To, LedgerState State);

/// <summary>
/// The numbers of one epoch as disjoint, sorted, coalesced ranges. Invariants: ranges do not overlap; two ranges that
/// touch have different states; a number's state never falls.
/// </summary>
internal sealed class EpochLedger
{
    /// <summary>The highest number a range holds, so that the number after it exists; what is higher counts as this one.</summary>
    public const long Last = long.MaxValue - 1;

    private readonly List<LedgerRange> _ranges;

    public EpochLedger(IEnumerable<LedgerRange>? ranges = null) => _ranges = [.. ranges ?? []];

    public IReadOnlyList<LedgerRange> Ranges => _ranges;

    /// <summary>The state of a number; null when nothing is known of it.</summary>
    public LedgerState? this[long seq]
    {
        get
        {
            var i = IndexAt(seq);
            return i < _ranges.Count && _ranges[i].From <= seq ? _ranges[i].State : null;
        }
    }

    /// <summary>Marks one number. False when it already has this state or a higher one.</summary>
    public bool Mark(long seq, LedgerState state)
    {
        if (_ranges.Count > 0 && _ranges[^1] is var last && seq == last.To + 1 && state == last.State)
        {
            _ranges[^1] = last with { To = seq };
            return true;
        }

        if (this[seq] >= state)
            return false;

        Mark(seq, seq, state);
        return true;
    }

    /// <summary>Marks a range; numbers that have a higher state keep it.</summary>
    public void Mark(long from, long to, LedgerState state)
    {
        to = Math.Min(to, Last);
        var first = IndexAt(from);
        var end = first;
        List<LedgerRange> replacement = [];
        var next = from;
        for (; end < _ranges.Count && _ranges[end].From <= to; end++)
            next = Overlay(replacement, _ranges[end], next, to, state);
        if (next <= to && next >= from)
            Append(replacement, new(next, to, state));
        Replace(first, end, replacement);
    }

    /// <summary>The ranges that touch the numbers from one to another.</summary>
    public IReadOnlyList<LedgerRange> Between(long from, long to)
    {
        var first = IndexAt(from);
        var end = first;
        while (end < _ranges.Count && _ranges[end].From <= to)
            end++;
        return _ranges.GetRange(first, end - first);
    }

    /// <summary>Numbers below the last known one of which nothing is known, at most <paramref name="most"/> ranges.</summary>
    public static IReadOnlyList<(long From, long To)> Missing(IEnumerable<LedgerRange> ranges, int most)
    {
        List<(long, long)> missing = [];
        var next = 1L;
        foreach (var range in ranges)
        {
            if (range.From > next && missing.Count < most)
                missing.Add((next, range.From - 1));
            next = range.To + 1;
        }

        return missing;
    }

    private static long Overlay(List<LedgerRange> output, LedgerRange old, long next, long to, LedgerState state)
    {
        if (old.From > next)
            Append(output, new(next, old.From - 1, state));
        else if (old.From < next)
            Append(output, old with { To = Math.Min(next - 1, old.To) });
        var start = Math.Max(old.From, next);
        var end = Math.Min(old.To, to);
        if (start <= end)
            Append(output, new(start, end, old.State > state ? old.State : state));
        if (old.To > to)
            Append(output, old with { From = to + 1 });
        return Math.Max(next, old.To + 1);
    }

    private static void Append(List<LedgerRange> output, LedgerRange range)
    {
        if (range.From > range.To)
            return;
        if (output.Count > 0 && output[^1] is var last && last.State == range.State && last.To + 1 == range.From)
            output[^1] = last with { To = range.To };
        else
            output.Add(range);
    }

    // The neighbours take part, so that ranges which now touch become one.
    private void Replace(int first, int end, List<LedgerRange> replacement)
    {
        var from = Math.Max(first - 1, 0);
        var to = Math.Min(end + 1, _ranges.Count);
        List<LedgerRange> merged = [];
        for (var i = from; i < first; i++)
            Append(merged, _ranges[i]);
        foreach (var range in replacement)
            Append(merged, range);
        for (var i = end; i < to; i++)
            Append(merged, _ranges[i]);
        _ranges.RemoveRange(from, to - from);
        _ranges.InsertRange(from, merged);
    }

    /// <summary>Index of the first range that ends at or after the number.</summary>
    private int IndexAt(long seq)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].To < seq)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
