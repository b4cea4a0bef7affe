using Penstock.Contracts;
using ZstdSharp;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>The drafts of open gaps that a recovery finds, and which of them became events.</summary>
internal sealed class DraftBook
{
    private readonly Dictionary<(string Epoch, long Number), byte[]> _drafts = [];
    private readonly List<(SeqRange By, List<SeqRange> Drafts)> _sealed = [];

    /// <summary>A draft may be found twice when it was carried on; it counts once.</summary>
    public void Draft(in FrameHeader header, ReadOnlyMemory<byte> payload)
    {
        using var unpacker = new Decompressor();
        if (FrameBody.Open(header, payload, unpacker) is { } body)
            _drafts[(header.Epoch, header.First)] = body.Lines.ToArray();
    }

    public void Sealed(SeqRange by, IEnumerable<SeqRange> drafts) => _sealed.Add((by, [.. drafts]));

    /// <summary>The events, or the draft, that took over.</summary>
    private bool IsThere(SeqRange by, SegmentIndex index) =>
        by.To < by.From ? _drafts.ContainsKey((by.Epoch, by.From)) : index.Book(by.Epoch).OnDisk.Covers(by.From, by.To);

    /// <summary>All numbers of drafts are done; what is not told by events on disk is returned, by cause.</summary>
    public IReadOnlyList<OpenGap> Unsealed(SegmentIndex index)
    {
        var told = new RangeBook();
        foreach (var (_, drafts) in _sealed.Where(entry => IsThere(entry.By, index)))
            told.Add(drafts);
        Dictionary<string, OpenGap> open = [];
        foreach (var ((epoch, number), lines) in _drafts)
        {
            var draft = new SeqRange(epoch, number, number);
            foreach (var gap in OpenGap.FromLines(lines))
            {
                foreach (var range in gap.Numbers.All())
                    index.Book(range.Epoch).Done.Add(range.From, range.To);
                if (told.Covers(draft))
                    continue;
                gap.Drafts.Add([draft]);
                if (!open.TryGetValue(gap.Cause, out var joined))
                    open[gap.Cause] = joined = new OpenGap(gap.Cause);
                joined.Add(gap);
            }
        }

        return [.. open.Values];
    }
}

/// <summary>
/// How long agents have lived, from the times in their frames: steps of a few minutes within one run count, anything else is
/// a stop or a clock that was set. So no jump of a clock makes a record old.
/// </summary>
internal sealed class LifeSpan
{
    // An agent that lives writes a frame at least every minute.
    private static readonly TimeSpan LongestStep = TimeSpan.FromMinutes(3);

    private string? _epoch;
    private Timestamp _last;

    public TimeSpan Total { get; private set; }

    public TimeSpan Note(in FrameHeader header)
    {
        // Frames that were carried on bear the epoch of the records, not of the writer.
        if (header.IsKept || header.Kind is FrameKind.GapDraft)
            return Total;
        var step = header.Epoch == _epoch ? header.Written - _last : TimeSpan.Zero;
        (_epoch, _last) = (header.Epoch, header.Written);
        if (step > TimeSpan.Zero && step <= LongestStep)
            Total += step;
        return Total;
    }
}
