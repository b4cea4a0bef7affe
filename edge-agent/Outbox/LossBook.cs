using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>
/// The losses of a run: one open gap a cause, growing until it is sealed as events, and the drafts on disk that hold it
/// meanwhile. Counts what went by class and cause.
/// </summary>
internal sealed class LossBook(string agent, string site, string epoch, TimeProvider clock)
{
    private readonly Dictionary<string, (OpenGap Gap, long Since)> _open = [];
    private readonly List<(IReadOnlyList<SeqRange> Drafts, SeqRange By)> _sealing = [];
    private readonly Dictionary<(RecordClass Class, string Cause), long> _drops = [];
    private long _nextDraft = 1;

    /// <summary>Open gaps and how long each has been open.</summary>
    public IReadOnlyList<(OpenGap Gap, TimeSpan Age)> Open => [.. _open.Values.Select(open => (open.Gap, clock.GetElapsedTime(open.Since)))];

    /// <summary>Drafts that become events with the next commit.</summary>
    public IReadOnlyList<(IReadOnlyList<SeqRange> Drafts, SeqRange By)> Sealing => _sealing;

    /// <summary>Records dropped since the open.</summary>
    public IReadOnlyDictionary<(RecordClass Class, string Cause), long> Drops => _drops;

    public long Dropped { get; private set; }

    public long Thinned { get; private set; }

    public void TakeOver(IEnumerable<OpenGap> unsealed)
    {
        foreach (var gap in unsealed)
            _open[gap.Cause] = (gap, clock.GetTimestamp());
    }

    /// <summary>True for a draft that no durable event stands for.</summary>
    public bool IsOpen(SeqRange draft) =>
        _open.Values.Any(open => open.Gap.Drafts.Covers(draft))
        || _sealing.Any(entry => entry.Drafts.Any(range => range.Epoch == draft.Epoch && range.From <= draft.From && draft.To <= range.To));

    public void PutDraft(Loss loss, FrameBuffer frames, Timestamp now)
    {
        if (loss.Gap.IsEmpty)
            return;
        frames.PutGapDraft(loss.Gap.ToLines(agent, epoch, site, now), epoch, _nextDraft, now);
        loss.Gap.Drafts.Add(epoch, _nextDraft, _nextDraft);
        _nextDraft++;
    }

    public void Seal(OpenGap gap, SeqRange by)
    {
        _open.Remove(gap.Cause);
        _sealing.Add(([.. gap.Drafts.All()], by));
    }

    /// <summary>The commit with these losses, and with what was being sealed, is durable.</summary>
    public void Committed(IReadOnlyList<Loss> losses)
    {
        _sealing.Clear();
        foreach (var loss in losses)
        {
            if (!loss.Gap.IsEmpty)
                Join(loss.Gap);
            Dropped += loss.Dropped.Count;
            Thinned += loss.Thinned;
            foreach (var (recordClass, count) in loss.DroppedByClass.Where(pair => pair.Value > 0))
                _drops[(recordClass, loss.Gap.Cause)] = _drops.GetValueOrDefault((recordClass, loss.Gap.Cause)) + count;
        }
    }

    private void Join(OpenGap gap)
    {
        if (!_open.TryGetValue(gap.Cause, out var open))
            _open[gap.Cause] = (gap, clock.GetTimestamp());
        else
            open.Gap.Add(gap);
    }
}
