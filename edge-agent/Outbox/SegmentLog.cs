using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>
/// The log on the medium: one writer, synchronous, no threads. The caller serialises all calls.
/// <para><b>Layout.</b> A folder of segments, <c>0000000000000001.seg</c> and so on, allocated in full and filled with frames
/// (<see cref="FrameCodec"/>) from the front. Every frame begins at a sector, so a sector that was made durable is never
/// written again. A segment begins with a start frame. Nothing else is stored: every position, count and epoch is read from
/// the frames, and a frame means the same in whatever order frames are found. Beside them lies <c>spare</c>, an empty segment
/// allocated in advance (<see cref="Room"/>).</para>
/// <para><b>Invariants.</b>
/// (1) <see cref="Commit"/> returns only when its frames, and the name of their segment, are durable.
/// (2) An acknowledgement is durable with a later commit; lost before that, its records come again.
/// (3) A segment is deleted only when every number in it is acknowledged, named by a durable event or draft, or stands in a
///     later segment; and only from the oldest on, because later segments hold acknowledgements of earlier ones.
/// (4) A number on disk is waiting, claimed (in the live lane or with a taker) or done.
/// (5) The bytes of all segments stay within the cap: after each commit one segment's room is left, so the next one fits.</para>
/// <para><b>Retention.</b> When a new segment does not fit, the oldest go (<see cref="Region"/>): what is kept of them becomes
/// frames with holes in the new segment, what is lost becomes a draft of a gap there, in the same commit; then they are
/// deleted. A draft accounts for its numbers by itself, whole or not at all; the caller turns drafts into events when there
/// is room again. What is older than its time goes the same way, with nothing kept. The segment written last never goes.</para>
/// <para><b>Recovery.</b> Every frame of every segment is read and checked once. What is no good frame is skipped sector by
/// sector, put into quarantine, and told; numbers below the last one known that are neither on disk nor done are missing.
/// A new run never writes into an old segment.</para>
/// <para><b>Failures.</b> When a write or sync fails, the segment is never written again and is read only up to its last
/// good sync; the caller keeps the records of the failed commit and commits them again, to a new segment.
/// Both copies may be found after a crash: numbers are sets, so they count once. A medium without room gets the spare.</para>
/// <para><b>Limits.</b> Cap at least three segments, group at most 32 MiB unpacked, epoch 48 characters.</para>
/// </summary>
internal sealed class SegmentLog : IDisposable
{
    private const int RangesPerFrame = 1000;

    private readonly IOutboxFiles _files;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly string _agent;
    private readonly string _epoch;
    private readonly SegmentIndex _index = new();
    private readonly FrameBuffer _frames = new();
    private readonly SegmentWriter _writer;
    private readonly GroupReader _reader;
    private readonly GroupReader _peeker;
    private readonly SegmentRemoval _removal;
    private readonly Room _room;
    private readonly LossBook _losses;
    private readonly RangeBook _acknowledged = new();
    private readonly List<(SeqRange Range, SeqRange NamedBy)> _dropped = [];
    private readonly long _opened;
    private TimeSpan _livedBefore;
    private long _nextSegment = 1;

    public SegmentLog(IOutboxFiles files, OutboxOptions options, TimeProvider clock, string agent, string site, string epoch, ILogger log)
    {
        _files = files;
        _options = options;
        _clock = clock;
        _agent = agent;
        _epoch = epoch;
        _log = log;
        _writer = new SegmentWriter(files, clock);
        _reader = new GroupReader(files, options);
        _peeker = new GroupReader(files, options);
        _removal = new SegmentRemoval(files, _index, [_reader, _peeker], epoch, log);
        _room = new Room(files, _index, options, log);
        _losses = new LossBook(agent, site, epoch, clock);
        _opened = clock.GetTimestamp();
    }

    public SegmentIndex Index => _index;

    public WriteCounts Counts => _writer.Counts;

    /// <summary>Bytes on disk for one byte of lines, so far; a guess before the first commit.</summary>
    public double PackedShare => _frames.Packing is ( > 0, var packed) and var (lines, _) ? (double)packed / lines : 0.15;

    /// <summary>What was dropped and not told by events yet; and what was dropped since the open.</summary>
    public LossBook Losses => _losses;

    /// <summary>True when the next segment fits without anything going.</summary>
    public bool HasRoom => _room.HasEnough;

    /// <summary>Most bytes that can be used now: the cap, or less where the medium is nearly full.</summary>
    public long Limit => _room.Limit;

    public long? FreeBytes => _files.FreeBytes;

    public long QuarantinedBytes => _files.QuarantinedBytes;

    /// <summary>Bytes of all segments on the medium.</summary>
    public long Bytes => _index.Segments.Sum(segment => segment == _writer.Segment ? segment.End : segment.Length);

    /// <exception cref="OutboxException">A segment has another format version.</exception>
    public RecoveryReport Recover()
    {
        var report = new Recovery(_files, _index, _log).Run();
        _livedBefore = report.Lived;
        _losses.TakeOver(report.Unsealed);
        ForgetSealed();
        _room.FindSpare();
        foreach (var segment in _index.Segments)
            segment.Untold = report.Missing.Count + report.NewDamage.Count > 0;
        _nextSegment = _index.Segments.Count == 0 ? 1 : _index.Segments[^1].Number + 1;
        _index.Book(_epoch);
        foreach (var book in _index.Epochs.ToList())
            _index.ForgetIfEmpty(book, _epoch);
        return report;
    }

    /// <summary>The events about this damage are durable; a later open does not tell it again.</summary>
    public void MarkTold(IReadOnlyList<string> damage)
    {
        try
        {
            foreach (var name in damage)
                _files.MarkTold(name);
        }
        catch (IOException e)
        {
            _log.OutboxCannotTidy(_files.Folder, "quarantine", e.Message);
        }
    }

    /// <summary>
    /// Makes the groups, all acknowledgements so far and, if given, a mark durable. What is too old goes with it, and when old
    /// segments have to make room, what is kept of them and what is lost are part of the same commit.
    /// </summary>
    /// <exception cref="IOException">Nothing of it counts; commit the same again.</exception>
    public void Commit(IReadOnlyList<NumberedLines> groups, long lastGiven, FrameKind? mark)
    {
        var now = Timestamp.Now(_clock);
        _frames.Reset();
        foreach (var group in groups)
            _frames.PutData(group, _epoch, now);
        PutRanges(now);
        if (mark is { } kind)
            _frames.PutMark(kind, _epoch, lastGiven, now);
        List<Loss> losses = [];
        if (Expired() is { } expired)
            Put(expired, losses, now);
        if (!_writer.Fits(_frames.WithoutStart.Length))
        {
            MakeRoom(losses, now);
            Roll(losses, now);
            _frames.PutStart(
                _agent, _epoch, groups.Count > 0 ? groups.Min(group => group.First) : lastGiven + 1, groups.Count > 0 ? groups.Min(group => group.MinTs) : now, now);
        }

        Write(groups.Count);
        Settle(groups, losses);
        _removal.Trim(_writer.Segment!);
        _room.KeepSpare();
    }

    /// <summary>The open gap is told by these events, which are in the next commit.</summary>
    public void Seal(OpenGap gap, SeqRange namedBy)
    {
        _losses.Seal(gap, namedBy);
        foreach (var range in gap.Numbers.All())
            _dropped.Add((range, namedBy));
    }

    public void Acknowledge(string epoch, long from, long to)
    {
        var book = _index.Book(epoch);
        book.Claimed.Remove(from, to);
        book.Done.Add(from, to);
        _acknowledged.Add(epoch, from, to);
        _index.ForgetIfEmpty(book, _epoch);
    }

    /// <summary>Numbers that no longer exist. The events that name them are in the next commit.</summary>
    public void Drop(SeqRange range, SeqRange namedBy)
    {
        _index.Book(range.Epoch).Done.Add(range.From, range.To);
        _dropped.Add((range, namedBy));
    }

    public void Claim(string epoch, long from, long to) => _index.Book(epoch).Claimed.Add(from, to);

    public void Release(string epoch, long from, long to)
    {
        var book = _index.Book(epoch);
        book.Claimed.Remove(from, to);
        book.MayWait(from);
        _index.ForgetIfEmpty(book, _epoch);
    }

    /// <summary>True when <see cref="ReadOldest"/> has something to read.</summary>
    public bool HasWaiting => _index.Epochs.Any(book => book.FirstWaiting() is not null);

    /// <summary>The oldest waiting records, or the range of them that turned out damaged; null when nothing waits. Claims nothing.</summary>
    /// <exception cref="IOException">The medium could not be read now.</exception>
    public (string Epoch, Found Found)? ReadOldest()
    {
        foreach (var book in _index.Epochs)
        {
            if (book.FirstWaiting() is not var (from, to))
                continue;
            var segment = Holder(book.Epoch, from)!; // what waits is on disk
            to = Math.Min(to, segment.Numbers[book.Epoch].Find(from)!.Value.To);
            return (book.Epoch, _reader.Read(segment, book.Epoch, from, to));
        }

        return null;
    }

    /// <summary>The damaged range itself, and the numbers that events in it had named.</summary>
    public IReadOnlyList<SeqRange> LostWith(SeqRange range)
    {
        var segment = Holder(range.Epoch, range.From);
        return segment is { NamesLost: true } ? [range, .. new NamedRanges(range).In(_files, segment)] : [range];
    }

    /// <summary>Sample time of the oldest record that is not done; null when there is none or it cannot be read now.</summary>
    public Timestamp? OldestTs()
    {
        foreach (var book in _index.Epochs)
        {
            if (book.FirstNotDone() is not { } number)
                continue;
            return Holder(book.Epoch, number) is not { } segment ? null : _peeker.TimeOf(segment, book.Epoch, number);
        }

        return null;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _reader.Dispose();
        _peeker.Dispose();
        _frames.Dispose();
    }

    private Segment? Holder(string epoch, long number) =>
        _index.Segments.FirstOrDefault(segment => segment.Numbers.TryGetValue(epoch, out var numbers) && numbers.Contains(number));

    private void PutRanges(Timestamp now)
    {
        foreach (var part in _acknowledged.All().Chunk(RangesPerFrame))
            _frames.PutAcknowledged(part, _epoch, now);
        foreach (var drops in _dropped.GroupBy(drop => drop.NamedBy))
        {
            foreach (var part in drops.Select(drop => drop.Range).Chunk(RangesPerFrame))
                _frames.PutDropped(part, drops.Key, now);
        }

        foreach (var (drafts, by) in _losses.Sealing)
        {
            foreach (var part in drafts.Chunk(RangesPerFrame))
                _frames.PutGapSealed(part, by, now);
        }
    }

    private TimeSpan Lived => _livedBefore + _clock.GetElapsedTime(_opened);

    private Region NewRegion() => new(_files, _index, _losses.IsOpen, _clock, _log);

    /// <summary>All but the segment being written.</summary>
    private List<Segment> Old(List<Loss> losses) =>
        [.. _index.Segments.Where(segment => segment != _writer.Segment && !losses.Any(loss => loss.Victims.Contains(segment)))];

    private Loss? Expired()
    {
        var lived = Lived;
        var old = Old([]).TakeWhile(segment => lived - segment.LivedAt > _options.Keep && !segment.Superseded).ToList();
        return old.Count == 0 || old.All(_index.IsDone) ? null : NewRegion().DropAll(GapCauses.OutboxExpired, old);
    }

    private void MakeRoom(List<Loss> losses, Timestamp now)
    {
        while (true)
        {
            var old = Old(losses);
            // The segment just filled is the newest there is; it goes only when nothing else can.
            if (_writer.Segment is { } newest && !losses.Any(loss => loss.Victims.Contains(newest)))
                old.Add(newest);
            var going = losses.Sum(loss => loss.Victims.Sum(victim => victim.Length));
            // What is kept and said of the first to go may itself need more room.
            if (_room.Victims(Math.Max(_options.SegmentBytes, _frames.Length), going, old) is not (> 0 and var least))
                return;
            Thin(old, least, losses, now);
        }
    }

    private void Thin(List<Segment> old, int least, List<Loss> losses, Timestamp now)
    {
        var budget = Math.Max(0, Math.Min(_options.SegmentBytes / 2, _options.SegmentBytes - _frames.Length - (4 * FrameCodec.Sector)));
        Put(NewRegion().Thin(GapCauses.OutboxFull, old, least, budget), losses, now);
    }

    private void Put(Loss loss, List<Loss> losses, Timestamp now)
    {
        losses.Add(loss);
        foreach (var frame in loss.Kept)
            frame.BufferAt = _frames.PutFrames(frame.Bytes);
        foreach (var part in loss.KeptRanges.Chunk(RangesPerFrame))
            _frames.PutKeptNumbers(part, _epoch, now);
        foreach (var (header, payload) in loss.Carried)
            _frames.PutAgain(header, payload);
        _losses.PutDraft(loss, _frames, now);
    }

    private void Roll(List<Loss> losses, Timestamp now)
    {
        var number = _nextSegment++;
        try
        {
            _index.Segments.Add(_writer.Roll(number, Math.Max(_options.SegmentBytes, _frames.Length)));
        }
        catch (IOException) when (_room.HasSpare && _frames.Length <= _options.SegmentBytes)
        {
            // The medium is full. The oldest make room, as at the cap; the spare takes what has to be said of it.
            if (losses.Count == 0 && Old(losses) is { Count: > 1 } old)
                Thin(old[..^1], 1, losses, now);
            if (_frames.Length > _options.SegmentBytes)
                throw;
            _index.Segments.Add(_writer.RollIntoSpare(number, _options.SegmentBytes));
            _room.SpareIsGone();
        }
        catch (IOException)
        {
            // The acknowledgements find no room; what they cover makes it.
            _removal.Trim(present: null);
            throw;
        }
    }

    private void Write(int groups)
    {
        try
        {
            _writer.Append(_frames, groups, fill: groups == 0 && _options.Storage is StorageMode.Card);
        }
        catch (IOException)
        {
            if (_writer.Abandon() is { } empty)
                _removal.DeleteEmpty(empty);
            throw;
        }
    }

    /// <summary>What was written is durable: the index follows.</summary>
    private void Settle(IReadOnlyList<NumberedLines> groups, List<Loss> losses)
    {
        var segment = _writer.Segment!;
        segment.LivedAt = Lived;
        segment.NamesLost |= _dropped.Count > 0;
        foreach (var loss in losses)
            Settle(loss, segment);
        var book = _index.Book(_epoch);
        foreach (var group in groups)
        {
            book.OnDisk.Add(group.First, group.Last);
            book.MayWait(group.First);
            book.Last = Math.Max(book.Last, group.Last);
            segment.Add(_epoch, group.First, group.Last, group.MinTs, group.MaxTs);
            segment.NamesLost |= group.NamesLost;
        }

        _acknowledged.Clear();
        _dropped.Clear();
        _losses.Committed(losses);
        foreach (var other in _index.Segments)
            other.Untold = false;
        ForgetSealed();
    }

    private void ForgetSealed()
    {
        foreach (var segment in _index.Segments)
            segment.OpenDrafts.RemoveAll(draft => !_losses.IsOpen(draft));
    }

    private void Settle(Loss loss, Segment segment)
    {
        foreach (var range in loss.Gap.Numbers.All())
            _index.Book(range.Epoch).Done.Add(range.From, range.To);
        foreach (var frame in loss.Kept)
        {
            _index.Book(frame.Epoch).OnDisk.Add(frame.Numbers);
            segment.AddKept(_writer.PlaceOf(frame.BufferAt), frame.Header, frame.Numbers);
        }

        if (loss.Draft is { } draft)
            segment.OpenDrafts.Add(draft.Number);
        segment.NamesLost |= loss.Carried.Count > 0 || loss.Kept.Any(frame => frame.Gaps.Count > 0);
        foreach (var victim in loss.Victims)
            victim.Superseded = true;
        _log.OutboxMadeRoom(loss.Gap.Cause, loss.Thinned, loss.Dropped.Count, loss.Victims.Count);
    }
}
