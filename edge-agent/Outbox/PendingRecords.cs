using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>
/// Records that have their number and are neither on disk nor acknowledged: groups in order of number, and the open group
/// at the end. Events that name dropped records stand first, because what they name may go only together with them.
/// </summary>
internal sealed class PendingRecords(RecordNumberer numberer, OutboxOptions options)
{
    private readonly List<PendingGroup> _groups = [];
    private readonly GroupBuilder _open = new();
    private long _sealedBytes;

    public bool IsEmpty => _groups.Count == 0 && _open.Count == 0;

    public long Bytes => _sealedBytes + _open.Bytes;

    public long Records => _groups.Sum(group => (long)group.Lines.Count) + _open.Count;

    public IReadOnlyList<PendingGroup> Groups => _groups;

    public bool OpenIsFull => _open.Count >= options.GroupRecords;

    /// <summary>Monotonic time of the oldest record; null when there is none.</summary>
    public long? Since => _groups.Count > 0 ? _groups.Min(group => group.Since) : _open.Count > 0 ? _open.Since : null;

    public Timestamp? OldestTs => _groups.Count > 0 ? _groups[0].Lines.MinTs : null;

    /// <summary>The lowest number in memory only.</summary>
    public long? First => _groups.Count > 0 ? _groups.Min(group => group.Lines.First) : _open.Count > 0 ? _open.First : null;

    public void Write(Reading reading, Acceptance? acceptance)
    {
        numberer.Write(reading, _open, acceptance);
        SealFull();
    }

    public void Write(Event item, Acceptance? acceptance)
    {
        numberer.Write(item, _open, acceptance);
        SealFull();
    }

    /// <summary>Closes the open group so that it can be offered or written.</summary>
    public void Seal()
    {
        if (_open.Count > 0)
            Put(_groups.Count, _open.Seal());
    }

    /// <summary>
    /// Writes events as a group of their own that stands before all others. It never enters the live lane, where its number
    /// would overtake lower ones.
    /// </summary>
    public PendingGroup WriteFirst(IEnumerable<Event> events)
    {
        Seal();
        foreach (var item in events)
            numberer.Write(item, _open, null);
        var group = _open.Seal();
        group.Offered = true;
        Put(0, group);
        return group;
    }

    /// <summary>The groups of the next commit: at most that many bytes, at least one group.</summary>
    public List<PendingGroup> Next(long bytes)
    {
        List<PendingGroup> next = [];
        foreach (var group in _groups)
        {
            bytes -= group.Lines.Lines.Length;
            if (next.Count > 0 && bytes < 0 && !group.Lines.NamesLost)
                break;
            next.Add(group);
        }

        return next;
    }

    /// <summary>The groups are on disk or acknowledged.</summary>
    public void Accept(IEnumerable<PendingGroup> groups)
    {
        foreach (var group in groups)
        {
            if (!_groups.Remove(group))
                continue;
            _sealedBytes -= group.Lines.Lines.Length;
            group.Accept();
        }
    }

    /// <summary>Neighbours by number as one group each: fewer and better packed frames.</summary>
    public static List<NumberedLines> Merge(IReadOnlyList<PendingGroup> groups, int mostRecords)
    {
        List<NumberedLines> merged = [];
        var from = 0;
        for (var i = 1; i <= groups.Count; i++)
        {
            if (i < groups.Count && Joins(groups, from, i, mostRecords))
                continue;
            merged.Add(i - from == 1 ? groups[from].Lines : Merge(groups, from, i));
            from = i;
        }

        return merged;
    }

    private static bool Joins(IReadOnlyList<PendingGroup> groups, int from, int next, int mostRecords) =>
        groups[next].Lines.First == groups[next - 1].Lines.Last + 1
        && groups[next].Lines.Last - groups[from].Lines.First < mostRecords;

    private static NumberedLines Merge(IReadOnlyList<PendingGroup> groups, int from, int to)
    {
        var parts = groups.Skip(from).Take(to - from).Select(group => group.Lines).ToList();
        var lines = new byte[parts.Sum(part => part.Lines.Length)];
        var at = 0;
        foreach (var part in parts)
        {
            part.Lines.CopyTo(lines.AsMemory(at));
            at += part.Lines.Length;
        }

        return new NumberedLines(
            parts[0].First,
            parts.Sum(part => part.Count),
            parts.Min(part => part.MinTs),
            parts.Max(part => part.MaxTs),
            parts.Any(part => part.NamesLost),
            lines,
            parts.SelectMany(part => part.Classes.ToArray()).ToArray());
    }

    private void SealFull()
    {
        if (OpenIsFull || _open.Bytes >= GroupReader.MaxGroupBytes)
            Seal();
    }

    private void Put(int place, PendingGroup group)
    {
        _groups.Insert(place, group);
        _sealedBytes += group.Lines.Lines.Length;
    }
}
