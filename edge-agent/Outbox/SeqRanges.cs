namespace Penstock.EdgeAgent.Outbox;

/// <summary>A set of numbers kept as sorted, disjoint, inclusive ranges. Neighbours melt together, so it stays small.</summary>
internal sealed class SeqRanges
{
    private readonly List<(long From, long To)> _ranges = [];

    public bool IsEmpty => _ranges.Count == 0;

    public IReadOnlyList<(long From, long To)> Ranges => _ranges;

    public long Last => _ranges.Count == 0 ? 0 : _ranges[^1].To;

    public long Count
    {
        get
        {
            var sum = 0L;
            foreach (var (from, to) in _ranges)
                sum += to - from + 1;
            return sum;
        }
    }

    public void Add(long from, long to)
    {
        var first = FirstEndingAtOrAfter(from - 1);
        var last = first;
        while (last < _ranges.Count && _ranges[last].From <= to + 1)
        {
            from = Math.Min(from, _ranges[last].From);
            to = Math.Max(to, _ranges[last].To);
            last++;
        }

        if (last == first)
        {
            _ranges.Insert(first, (from, to));
            return;
        }

        _ranges[first] = (from, to);
        _ranges.RemoveRange(first + 1, last - first - 1);
    }

    public void Add(SeqRanges other)
    {
        foreach (var (from, to) in other._ranges)
            Add(from, to);
    }

    public void Remove(long from, long to)
    {
        var i = FirstEndingAtOrAfter(from);
        while (i < _ranges.Count && _ranges[i].From <= to)
        {
            var (low, high) = _ranges[i];
            _ranges.RemoveAt(i);
            if (high > to)
                _ranges.Insert(i, (to + 1, high));
            if (low < from)
                _ranges.Insert(i++, (low, from - 1));
        }
    }

    public void Remove(SeqRanges other)
    {
        foreach (var (from, to) in other._ranges)
            Remove(from, to);
    }

    public void Clear() => _ranges.Clear();

    public bool Contains(long number) => Find(number) is not null;

    public bool Covers(long from, long to) => Find(from) is { } range && range.To >= to;

    public bool Covers(SeqRanges other)
    {
        foreach (var (from, to) in other._ranges)
        {
            if (!Covers(from, to))
                return false;
        }

        return true;
    }

    /// <summary>The range that holds the number, or null.</summary>
    public (long From, long To)? Find(long number)
    {
        var i = FirstEndingAtOrAfter(number);
        return i < _ranges.Count && _ranges[i].From <= number ? _ranges[i] : null;
    }

    /// <summary>The first number of the set at or above the given one; null when there is none.</summary>
    public long? NextFrom(long number)
    {
        var i = FirstEndingAtOrAfter(number);
        return i < _ranges.Count ? Math.Max(number, _ranges[i].From) : null;
    }

    public SeqRanges Copy()
    {
        var copy = new SeqRanges();
        copy._ranges.AddRange(_ranges);
        return copy;
    }

    public SeqRanges Except(params ReadOnlySpan<SeqRanges> others)
    {
        var rest = this;
        foreach (var other in others)
            rest = rest.Except(other);
        return rest;
    }

    private SeqRanges Except(SeqRanges other)
    {
        var rest = new SeqRanges();
        var i = 0;
        foreach (var (low, to) in _ranges)
        {
            var from = low;
            while (i < other._ranges.Count && other._ranges[i].To < from)
                i++;
            for (var j = i; j < other._ranges.Count && other._ranges[j].From <= to; j++)
            {
                if (other._ranges[j].From > from)
                    rest._ranges.Add((from, other._ranges[j].From - 1));
                from = other._ranges[j].To + 1;
            }

            if (from <= to)
                rest._ranges.Add((from, to));
        }

        return rest;
    }

    private int FirstEndingAtOrAfter(long number)
    {
        var low = 0;
        var high = _ranges.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].To < number)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
