using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>
/// The log on the medium: one writer, synchronous, no threads. The caller serialises all calls.
/// <para><b>Layout.</b> A folder of segments, <c>0000000000000001.seg</c> and so on, allocated in full and filled with frames
/// (<see cref="FrameCodec"/>) from the front. Every frame begins at a sector, so a sector that was made durable is never
/// written again. A segment begins with a start frame. Nothing else is stored: every position, count and epoch is read from
/// the frames, and a frame means the same in whatever order frames are found.</para>
/// <para><b>Invariants.</b>
/// (1) <see cref="Commit"/> returns only when its frames, and the name of their segment, are durable.
/// (2) An acknowledgement is durable with a later commit; lost before that, its records come again.
/// (3) A segment is deleted only when a durable acknowledgement or a durable event accounts for every number in it,
///     and only from the oldest on, because later segments hold acknowledgements of earlier ones.
/// (4) A number on disk is waiting, claimed (in the live lane or with a taker) or done.
/// (5) The bytes of all segments stay within the cap: after each commit one segment's room is left, so the next one fits.</para>
/// <para><b>Recovery.</b> Every frame of every segment is read and checked once. What is no good frame is skipped sector by
/// sector, put into quarantine, and told; numbers below the last one known that are neither on disk nor done are missing.
/// A new run never writes into an old segment.</para>
/// <para><b>Failures.</b> When a write or sync fails, the segment is never written again and is read only up to its last
/// good sync; the caller keeps the records of the failed commit and commits them again, to a new segment.
/// Both copies may be found after a crash: numbers are sets, so they count once.</para>
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
    private readonly RangeBook _acknowledged = new();
    private readonly List<(SeqRange Range, SeqRange NamedBy)> _dropped = [];
    private long _nextSegment = 1;

    public SegmentLog(IOutboxFiles files, OutboxOptions options, TimeProvider clock, string agent, string epoch, ILogger log)
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
    }

    public SegmentIndex Index => _index;

    public WriteCounts Counts => _writer.Counts;

    /// <summary>Bytes on disk for one byte of lines, so far; a guess before the first commit.</summary>
    public double PackedShare => _frames.Packing is ( > 0, var packed) and var (lines, _) ? (double)packed / lines : 0.15;

    /// <summary>Bytes of all segments on the medium.</summary>
    public long Bytes => _index.Segments.Sum(segment => segment == _writer.Segment ? segment.End : segment.Length);

    /// <exception cref="OutboxException">A segment has another format version.</exception>
    public RecoveryReport Recover()
    {
        var report = new Recovery(_files, _index, _log).Run();
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
    /// Makes the groups, all acknowledgements so far and, if given, a mark durable. When old segments have to go for it,
    /// <paramref name="nameLost"/> makes the records that name what is dropped; they are part of the same commit.
    /// </summary>
    /// <exception cref="IOException">Nothing of it counts; commit the same again.</exception>
    public void Commit(IReadOnlyList<NumberedLines> groups, long lastGiven, FrameKind? mark, Func<Loss, Naming> nameLost)
    {
        var now = Timestamp.Now(_clock);
        _frames.Reset();
        Put(groups, now);
        PutRanges(now);
        if (mark is { } kind)
            _frames.PutMark(kind, _epoch, lastGiven, now);
        Loss? loss = null;
        if (!_writer.Fits(_frames.WithoutStart.Length))
        {
            loss = MakeRoom(Math.Max(_options.SegmentBytes, _frames.Length));
            groups = [.. groups, .. Name(loss, nameLost, now)];
            Roll(groups.Count > 0 ? groups.Min(group => group.First) : lastGiven + 1, now);
        }

        Write(bookkeeping: groups.Count == 0);
        Settle(groups, loss);
        _removal.Trim(_writer.Segment!);
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
        return segment is { NamesLost: true } ? [range, .. new LossCollector(_files, _index, _log).CollectNamed(segment)] : [range];
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

    private void Put(IReadOnlyList<NumberedLines> groups, Timestamp now)
    {
        foreach (var group in groups)
            _frames.PutData(group, _epoch, now);
    }

    private void PutRanges(Timestamp now)
    {
        foreach (var part in _acknowledged.All().Chunk(RangesPerFrame))
            _frames.PutAcknowledged(part, _epoch, now);
        foreach (var drops in _dropped.GroupBy(drop => drop.NamedBy))
        {
            foreach (var part in drops.Select(drop => drop.Range).Chunk(RangesPerFrame))
                _frames.PutDropped(part, drops.Key, now);
        }
    }

    /// <summary>What is lost with the oldest segments that must go so that the new one and one more fit under the cap.</summary>
    private Loss? MakeRoom(long newBytes)
    {
        var total = _index.Bytes + newBytes + _options.SegmentBytes;
        List<Segment> victims = [];
        foreach (var segment in _index.Segments)
        {
            if (total <= _options.CapBytes)
                break;
            victims.Add(segment);
            total -= segment.Length;
        }

        var loss = victims.Count == 0 ? null : new LossCollector(_files, _index, _log).Collect(victims);
        return loss is { Numbers.Count: > 0 } or { Unread.Count: > 0 } ? loss : null;
    }

    private IReadOnlyList<NumberedLines> Name(Loss? loss, Func<Loss, Naming> nameLost, Timestamp now)
    {
        if (loss is null)
            return [];
        var naming = nameLost(loss);
        Put(naming.Lines, now);
        foreach (var part in loss.Numbers.Chunk(RangesPerFrame))
            _frames.PutDropped(part, naming.By, now);
        return naming.Lines;
    }

    private void Roll(long first, Timestamp now)
    {
        _frames.PutStart(_agent, _epoch, first, now);
        var number = _nextSegment++;
        try
        {
            _index.Segments.Add(_writer.Roll(number, Math.Max(_options.SegmentBytes, _frames.Length)));
        }
        catch (IOException)
        {
            // On a full disk the acknowledgements find no room; what they cover makes it.
            _removal.Trim(present: null);
            throw;
        }
    }

    private void Write(bool bookkeeping)
    {
        try
        {
            _writer.Append(_frames, fill: bookkeeping && _options.Storage is StorageMode.Card);
        }
        catch (IOException)
        {
            if (_writer.Abandon() is { } empty)
                _removal.DeleteEmpty(empty);
            throw;
        }
    }

    /// <summary>What was written is durable: the index follows.</summary>
    private void Settle(IReadOnlyList<NumberedLines> groups, Loss? loss)
    {
        foreach (var victim in loss?.Unread ?? [])
            victim.Unreadable = false;
        if (loss is not null || _dropped.Count > 0)
            _writer.Segment!.NamesLost = true;
        foreach (var range in loss?.Dropped ?? [])
            _index.Book(range.Epoch).Done.Add(range.From, range.To);
        var book = _index.Book(_epoch);
        foreach (var group in groups)
        {
            book.OnDisk.Add(group.First, group.Last);
            book.Last = Math.Max(book.Last, group.Last);
            _writer.Segment!.Add(_epoch, group.First, group.Last, group.MinTs, group.MaxTs);
            _writer.Segment.NamesLost |= group.NamesLost;
        }

        _acknowledged.Clear();
        _dropped.Clear();
    }
}
