using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>
/// The outbox without threads: numbers records, decides when they are written, hands out groups and hears what became of
/// them. All calls come from one thread, except <see cref="LiveLane.TryTake"/>. Time passes only through the clock.
/// <para><b>Invariants.</b>
/// (1) Numbers are given once, in order, without holes; a record that has one is pending, on disk, acknowledged or named by an event.
/// (2) An append is accepted when each of its records is on disk or acknowledged.
/// (3) <c>ssd</c>: a group is offered to the live lane after its commit. <c>card</c>, and while the disk fails: before, and
///     what is acknowledged by then is never written.
/// (4) Memory is bounded: at most <see cref="MostPendingBytes"/> pending while the disk fails; what comes then is refused,
///     counted, and told by a gap.</para>
/// </summary>
internal sealed class OutboxEngine : IDisposable
{
    public const long MostPendingBytes = 8 << 20;

    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(15);

    // Somebody who looks wants to know of a loss while it goes on.
    private static readonly TimeSpan LongestOpenGap = TimeSpan.FromHours(1);

    private readonly SegmentLog _segments;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly string _agent;
    private readonly string _epoch;
    private readonly string _site;
    private readonly RecordNumberer _numberer;
    private readonly PendingRecords _pending;
    private readonly CommitClock _due;
    private TimeSpan _retry = TimeSpan.FromSeconds(1);
    private (long Samples, Timestamp From, Timestamp To) _refused;
    private long _lost;

    public OutboxEngine(SegmentLog segments, OutboxOptions options, TimeProvider clock, string agent, string epoch, string site, ILogger log)
    {
        (_segments, _options, _clock, _agent, _epoch, _site, _log) = (segments, options, clock, agent, epoch, site, log);
        _numberer = new RecordNumberer(agent, epoch, site, options.ClassOf, clock, log);
        _pending = new PendingRecords(_numberer, options);
        _due = new CommitClock(options, clock);
    }

    public LiveLane Live { get; } = new();

    public string Epoch => _epoch;

    public long LastGiven => _numberer.Last;

    public long Refused => _numberer.Refused;

    public long Acknowledged { get; private set; }

    /// <summary>Records that went: for room, for their age, by damage, or for want of memory while the disk failed.</summary>
    public long Dropped => _segments.Losses.Dropped + _lost;

    public long PendingCount => _pending.Records;

    public Timestamp? PendingOldest => _pending.OldestTs;

    public long? PendingFirst => _pending.First;

    /// <summary>Bytes of lines accepted, before packing.</summary>
    public long AcceptedBytes => _numberer.Bytes;

    /// <summary>Why nothing can be written now; null when all is well.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Reads the log, tells what is missing, and begins the new epoch.</summary>
    /// <exception cref="OutboxException">The folder holds another format version.</exception>
    public void Open()
    {
        var report = _segments.Recover();
        var now = Timestamp.Now(_clock);
        foreach (var item in GapEvents.ForOpen(report, _site, now))
            _pending.Write(item, null);
        foreach (var range in report.Missing)
        {
            _lost += range.To - range.From + 1;
            _segments.Drop(range, new SeqRange(_epoch, 1, _numberer.Last));
        }

        SealGaps(all: true);
        _log.OutboxOpened(_epoch, _options.Storage, _segments.Index.Segments.Count, _segments.Bytes, report.Clean, report.Missing.Count);
        if (Commit())
            _segments.MarkTold(report.NewDamage);
    }

    /// <summary>Numbers the records and keeps them; the acceptance completes later, or fails at once when there is no room.</summary>
    public void Append(IReadOnlyList<Reading> readings, IReadOnlyList<Event> events, Acceptance acceptance)
    {
        if (Trouble is { } trouble && _pending.Bytes > MostPendingBytes)
        {
            Refuse(readings, events, acceptance, trouble);
            return;
        }

        TellRefused();
        acceptance.Enter();
        foreach (var reading in readings)
            _pending.Write(reading, acceptance);
        foreach (var item in events)
            _pending.Write(item, acceptance);
        acceptance.Leave();
        if (OfferEarly)
            OfferPending();
    }

    /// <summary>True when <see cref="Commit"/> should run now.</summary>
    public bool IsDue => _due.Wait(_pending, Trouble is not null) == TimeSpan.Zero;

    /// <summary>True when the next commit has as much to write as it should have.</summary>
    public bool IsFull => Trouble is null && (_pending.Bytes >= CommitClock.ManyBytes || (_options.Storage is StorageMode.Ssd && _pending.Groups.Count > 0));

    /// <summary>How long until a commit is due if nothing else comes.</summary>
    public TimeSpan Wait => _due.Wait(_pending, Trouble is not null);

    /// <summary>Writes what is pending, with what was acknowledged, and a mark when nothing is pending.</summary>
    public bool Commit(FrameKind? mark = null)
    {
        SealGaps(all: mark is FrameKind.Close);
        _pending.Seal();
        try
        {
            do
            {
                var part = _pending.Next(_options.SegmentBytes / 2);
                var last = part.Count == _pending.Groups.Count;
                CommitPart(part, last ? mark ?? (part.Count == 0 ? FrameKind.Alive : null) : null);
            }
            while (_pending.Groups.Count > 0);
        }
        catch (IOException e)
        {
            Suffer(e);
            return false;
        }

        Heal();
        return true;
    }

    /// <summary>The oldest waiting group, or null. Damage met on the way is told and passed over.</summary>
    /// <exception cref="IOException">The medium could not be read now.</exception>
    public OutboxGroup? TakeBacklog()
    {
        while (_segments.ReadOldest() is var (epoch, found))
        {
            if (found.Lines is not { } lines)
            {
                Lose(epoch, found);
                continue;
            }

            _segments.Claim(epoch, found.From, found.To);
            return new OutboxGroup(_agent, epoch, found.From, (int)(found.To - found.From + 1), found.MinTs, found.MaxTs, Lane.Backlog, lines);
        }

        return null;
    }

    public void Acknowledge(OutboxGroup group)
    {
        var last = group.FirstSeq + group.Count - 1;
        _segments.Acknowledge(group.Epoch, group.FirstSeq, last);
        Acknowledged += group.Count;
        if (group.Epoch == _epoch)
            _pending.Accept([.. _pending.Groups.Where(g => g.Lines.First >= group.FirstSeq && g.Lines.Last <= last)]);
    }

    public void Return(OutboxGroup group) => _segments.Release(group.Epoch, group.FirstSeq, group.FirstSeq + group.Count - 1);

    /// <summary>The last commit of this run.</summary>
    public bool Close() => Commit(FrameKind.Close);

    public void Dispose() => _segments.Dispose();

    private bool OfferEarly => _options.Storage is StorageMode.Card || Trouble is not null;

    private void CommitPart(List<PendingGroup> part, FrameKind? mark)
    {
        _segments.Commit(PendingRecords.Merge(part, _options.GroupRecords), _numberer.Last, mark);
        _pending.Accept(part);
        foreach (var group in part.Where(group => !group.Offered))
            Offer(group);
    }

    /// <summary>
    /// Gaps become events when there is room again, and at the latest after an hour; at the end of the run, and from an earlier
    /// run, at once.
    /// </summary>
    private void SealGaps(bool all)
    {
        foreach (var (gap, age) in _segments.Losses.Open)
        {
            if (!all && age < LongestOpenGap && !_segments.HasRoom)
                continue;
            var told = _pending.WriteFirst(GapEvents.ForOpenGap(gap, _site, Timestamp.Now(_clock)));
            _segments.Seal(gap, new SeqRange(_epoch, told.Lines.First, told.Lines.Last));
        }
    }

    private void OfferPending()
    {
        _pending.Seal();
        foreach (var group in _pending.Groups.Where(group => !group.Offered))
            Offer(group);
    }

    private void Offer(PendingGroup group)
    {
        group.Offered = true;
        var lines = group.Lines;
        _segments.Claim(_epoch, lines.First, lines.Last);
        foreach (var left in Live.Offer(new OutboxGroup(_agent, _epoch, lines.First, lines.Count, lines.MinTs, lines.MaxTs, Lane.Live, lines.Lines)))
            Return(left);
    }

    /// <summary>The event that tells it is part of the next commit, before anything else is.</summary>
    private void Lose(string epoch, in Found found)
    {
        _log.OutboxLost(epoch, found.From, found.To);
        _lost += found.To - found.From + 1;
        var lost = _segments.LostWith(new SeqRange(epoch, found.From, found.To));
        var told = _pending.WriteFirst(GapEvents.ForDamage(lost, found.MinTs, found.MaxTs, _site, Timestamp.Now(_clock)));
        foreach (var range in lost)
            _segments.Drop(range, new SeqRange(_epoch, told.Lines.First, told.Lines.Last));
    }

    private void Refuse(IReadOnlyList<Reading> readings, IReadOnlyList<Event> events, Acceptance acceptance, string trouble)
    {
        var now = Timestamp.Now(_clock);
        var count = readings.Count + events.Count;
        if (_refused.Samples == 0)
            _log.OutboxMemoryFull(trouble);
        _refused = (_refused.Samples + count, _refused.Samples == 0 ? now : _refused.From, now);
        _lost += count;
        acceptance.Fail(new OutboxException($"the outbox cannot write and its memory is full: {trouble}"));
    }

    private void TellRefused()
    {
        if (_refused.Samples == 0)
            return;
        _pending.Write(GapEvents.ForUnavailable(_refused.Samples, _refused.From, _refused.To, _site, Timestamp.Now(_clock)), null);
        _refused = default;
    }

    private void Suffer(IOException e)
    {
        if (Trouble is null)
            _log.OutboxTrouble(e.Message);
        Trouble = e.Message;
        _due.Failed(_retry);
        _retry = _retry * 2 < LongestRetry ? _retry * 2 : LongestRetry;
        OfferPending();
    }

    private void Heal()
    {
        if (Trouble is not null)
            _log.OutboxHealed();
        Trouble = null;
        _retry = TimeSpan.FromSeconds(1);
        _due.Committed(_segments.Counts.LastSync);
        TellRefused();
    }
}
