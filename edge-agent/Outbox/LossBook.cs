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

    /// <summary>Puts what the loss has to tell, and what earlier drafts among the victims had, into one draft.</summary>
    public void PutDraft(Loss loss, FrameBuffer frames, Timestamp now)
    {
        Dictionary<string, OpenGap> gaps = [];
        foreach (var gap in loss.Redraft.Values.SelectMany(lines => OpenGap.FromLines(lines)).Append(loss.Gap).Where(gap => !gap.IsEmpty))
        {
            if (!gaps.TryGetValue(gap.Cause, out var joined))
                gaps[gap.Cause] = joined = new OpenGap(gap.Cause);
            joined.Add(gap);
        }

        if (gaps.Count == 0)
            return;
        // Twice, because nothing else on the medium knows these numbers: one damaged frame must not make a loss silent.
        byte[] all = [.. gaps.Values.SelectMany(gap => gap.ToLines(agent, epoch, site, now))];
        frames.PutGapDraft(all, epoch, _nextDraft, now);
        frames.PutGapDraft(all, epoch, _nextDraft, now);
        if (loss.Redraft.Count > 0)
            frames.PutGapSealed([.. loss.Redraft.Keys], new SeqRange(epoch, _nextDraft, _nextDraft - 1), now);
        loss.Draft = (new SeqRange(epoch, _nextDraft, _nextDraft), [.. gaps.Keys]);
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
            foreach (var cause in loss.Draft?.Causes ?? [])
            {
                if (_open.TryGetValue(cause, out var open))
                    open.Gap.Drafts.Add([loss.Draft!.Value.Number]); // has causes
            }

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
