using Penstock.Contracts;
using ZstdSharp;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>Records of one class that outlive the segments they stood in, as the frame they become.</summary>
internal sealed record KeptFrame(
    RecordClass Class, string Epoch, FrameHeader Header, byte[] Bytes, SeqRanges Numbers, IReadOnlyList<TrendRecord> Trends, IReadOnlyList<Gap> Gaps)
{
    /// <summary>Its place among the frames of the commit.</summary>
    public int BufferAt { get; set; }
}

/// <summary>What becomes of the oldest segments: what is kept of them, what must be said again, and what is lost.</summary>
internal sealed class Loss(string cause)
{
    public OpenGap Gap { get; } = new(cause);

    public List<Segment> Victims { get; } = [];

    /// <summary>In the order found.</summary>
    public List<KeptFrame> Kept { get; } = [];

    /// <summary>Frames that account for other losses and still have to.</summary>
    public List<(FrameHeader Header, byte[] Payload)> Carried { get; } = [];

    /// <summary>Drafts of earlier losses that go with the victims and still have to be told: their lines, by number.</summary>
    public Dictionary<SeqRange, byte[]> Redraft { get; } = [];

    /// <summary>The draft that tells this loss, with the causes it holds; null when there is nothing to tell.</summary>
    public (SeqRange Number, IReadOnlyList<string> Causes)? Draft { get; set; }

    /// <summary>Numbers that go now; <see cref="OpenGap.Numbers"/> also has those that lost events had named.</summary>
    public RangeBook Dropped { get; } = new();

    public Dictionary<RecordClass, long> DroppedByClass { get; } = [];

    /// <summary>Records of trends that went while the interval's smallest and largest stayed.</summary>
    public long Thinned { get; set; }

    public IEnumerable<SeqRange> KeptRanges =>
        Kept.SelectMany(frame => frame.Numbers.Ranges.Select(range => new SeqRange(frame.Epoch, range.From, range.To)));

    public long KeptBytes => Kept.Sum(frame => (long)frame.Bytes.Length);

    public void Count(RecordClass recordClass, long records) =>
        DroppedByClass[recordClass] = DroppedByClass.GetValueOrDefault(recordClass) + records;
}

/// <summary>
/// Makes room: reads the oldest segments, thins their trends, and says what is lost. When what is kept would take more than
/// its budget, the oldest thinned trends go, then the oldest states, then the oldest events. Memory: one chunk of records, and
/// the kept frames, packed.
/// </summary>
internal sealed class Region(IOutboxFiles files, SegmentIndex index, Func<SeqRange, bool> isOpenDraft, TimeProvider clock, ILogger log) : IFrameVisitor
{
    /// <summary>Most segments looked at together to spare states and events.</summary>
    public const int MostVictims = 4;

    private const int ChunkRecords = 8192;
    private const int RecordsPerFrame = 1000;

    // Every hole in the numbers costs memory; beyond this many the region's trends go as a whole.
    private const int MostRuns = 50_000;

    private readonly Dictionary<string, List<StoredRecord>> _chunk = [];
    private readonly RangeBook _seen = new();
    private readonly List<(SeqRange By, List<SeqRange> Ranges)> _named = [];
    private Loss _loss = new("");
    private Segment _victim = new(0, 0);
    private Dictionary<string, SeqRanges> _owed = [];
    private bool _keepTrends;

    /// <summary>At least so many segments go, further ones while states or events would have to go otherwise.</summary>
    public Loss Thin(string cause, IReadOnlyList<Segment> candidates, int least, long budget)
    {
        _loss = new Loss(cause);
        _keepTrends = index.Epochs.Sum(book => book.OnDisk.Ranges.Count) < MostRuns;
        for (var i = 0; i < candidates.Count && (i < least || (i < MostVictims && i < candidates.Count - 1 && _loss.KeptBytes > budget)); i++)
        {
            budget += i < least ? 0 : candidates[i].Length / 2;
            Take(candidates[i]);
            Shed(RecordClass.Trend, budget);
        }

        Shed(RecordClass.State, budget);
        Shed(RecordClass.Event, budget);
        return _loss;
    }

    /// <summary>All of it goes.</summary>
    public Loss DropAll(string cause, IReadOnlyList<Segment> victims)
    {
        _loss = new Loss(cause);
        _keepTrends = false;
        foreach (var victim in victims)
            Take(victim);
        foreach (var recordClass in Enum.GetValues<RecordClass>())
            Shed(recordClass, 0);
        return _loss;
    }

    public void Good(in FrameHeader header, long offset, ReadOnlyMemory<byte> payload)
    {
        switch (header.Kind)
        {
            case FrameKind.Data:
                Found(header, payload);
                break;
            case FrameKind.GapDraft when _victim.Unreadable || isOpenDraft(new SeqRange(header.Epoch, header.First, header.First)):
                Redraft(header, payload);
                break;
            case FrameKind.Dropped when !index.Book(header.Epoch).Done.Covers(header.First, header.Last):
                _loss.Carried.Add((header, payload.ToArray()));
                _named.Add((new SeqRange(header.Epoch, header.First, header.Last), [.. FrameCodec.ReadRanges(payload)]));
                break;
        }
    }

    public void Bad(long offset, long length, FrameHeader? header)
    {
        // Told when it was found.
    }

    private void Redraft(in FrameHeader header, ReadOnlyMemory<byte> payload)
    {
        using var unpacker = new Decompressor();
        if (FrameBody.Open(header, payload, unpacker) is { } body)
            _loss.Redraft[new SeqRange(header.Epoch, header.First, header.First)] = body.Lines.ToArray();
    }

    private void Take(Segment victim)
    {
        _victim = victim;
        _named.Clear();
        _loss.Victims.Add(victim);
        if (!victim.Unreadable)
            _owed = index.Owed(victim).ToDictionary();
        for (var tries = 1; !TryRead(victim, tries); tries++)
        {
        }

        Flush();
        if (victim.Unreadable)
        {
            _loss.Gap.Unread = true;
            _loss.Gap.Widen(victim.MinTs ?? Timestamp.Now(clock), Timestamp.Now(clock));
        }

        foreach (var (epoch, numbers) in index.Owed(victim))
            Lose(epoch, numbers, victim);
    }

    private bool TryRead(Segment victim, int tries)
    {
        try
        {
            using var file = files.Open(victim.Name);
            new SegmentScan().Walk(file, victim.Name, this);
            victim.Unreadable = false;
            return true;
        }
        catch (IOException) when (tries < Recovery.Tries)
        {
            return false;
        }
        catch (IOException e)
        {
            victim.Unreadable = true;
            log.OutboxUnreadable(files.Folder, victim.Name, e);
            return true;
        }
    }

    private void Found(in FrameHeader header, ReadOnlyMemory<byte> payload)
    {
        using var unpacker = new Decompressor();
        // The scan's window moves on; the records stay.
        if (FrameBody.Open(header, payload.ToArray(), unpacker) is not { } body)
            return;
        if (_victim.Unreadable)
            Learn(header, body);
        if (!_owed.TryGetValue(header.Epoch, out var owed))
            return;
        if (!_chunk.TryGetValue(header.Epoch, out var chunk))
            _chunk[header.Epoch] = chunk = [];
        foreach (var record in body.Records())
        {
            var number = new SeqRange(header.Epoch, record.Seq, record.Seq);
            if (!owed.Contains(record.Seq) || _seen.Covers(number))
                continue;
            _seen.Add(header.Epoch, record.Seq, record.Seq);
            chunk.Add(record);
        }

        if (chunk.Count >= ChunkRecords)
            Flush();
    }

    /// <summary>A segment that could not be read at the open can be read now.</summary>
    private void Learn(in FrameHeader header, FrameBody body)
    {
        var book = index.Book(header.Epoch);
        foreach (var (from, to) in body.Numbers().Ranges)
        {
            book.OnDisk.Add(from, to);
            _victim.Add(header.Epoch, from, to, header.MinTs, header.MaxTs);
        }

        _owed = index.Owed(_victim).ToDictionary();
    }

    private void Flush()
    {
        foreach (var (epoch, chunk) in _chunk)
        {
            chunk.Sort((a, b) => a.Seq.CompareTo(b.Seq));
            Keep(epoch, RecordClass.Event, [.. chunk.Where(record => record.Class is RecordClass.Event)], []);
            Keep(epoch, RecordClass.State, [.. chunk.Where(record => record.Class is RecordClass.State)], []);
            KeepTrends(epoch, [.. chunk.Where(record => record.Class is not (RecordClass.Event or RecordClass.State))]);
        }

        _chunk.Clear();
    }

    private void KeepTrends(string epoch, List<StoredRecord> records)
    {
        var trends = records.Select(TrendRecord.Read).OfType<TrendRecord>().ToList();
        var keepers = _keepTrends ? Thinning.Keepers(trends) : [];
        foreach (var trend in trends.Where(trend => !keepers.Contains(trend.Record.Seq) && trend.Value.HasValue))
            _loss.Gap.AddTotal(trend.Device, trend.Tag, 1, trend.Value!.Value); // has one
        _loss.Thinned += _keepTrends ? records.Count - keepers.Count : 0;
        _loss.Count(RecordClass.Trend, records.Count - keepers.Count);
        var kept = trends.Where(trend => keepers.Contains(trend.Record.Seq)).ToList();
        Keep(epoch, RecordClass.Trend, [.. kept.Select(trend => trend.Record)], kept);
    }

    private void Keep(string epoch, RecordClass recordClass, List<StoredRecord> records, List<TrendRecord> trends)
    {
        for (var at = 0; at < records.Count;)
        {
            var part = Part(records, at);
            List<Gap> gaps = recordClass is RecordClass.Event ? [.. part.Select(GapOf).OfType<Gap>()] : [];
            using var frames = new FrameBuffer();
            frames.Reset();
            frames.PutKept(epoch, recordClass, part, gaps.Any(gap => gap.Numbers is { Count: > 0 }), Timestamp.Now(clock));
            var bytes = frames.WithoutStart.ToArray();
            FrameCodec.ReadHeader(bytes, out var header);
            var numbers = new SeqRanges();
            foreach (var record in part)
                numbers.Add(record.Seq, record.Seq);

            _loss.Kept.Add(new KeptFrame(recordClass, epoch, header, bytes, numbers, trends.Count == 0 ? [] : trends.GetRange(at, part.Count), gaps));
            at += part.Count;
        }
    }

    /// <summary>As many records as one frame may have, and no farther apart than its distances reach.</summary>
    private static List<StoredRecord> Part(List<StoredRecord> records, int at)
    {
        var count = 1;
        while (at + count < records.Count && count < RecordsPerFrame && records[at + count].Seq - records[at].Seq < int.MaxValue - 1)
            count++;
        return records.GetRange(at, count);
    }

    /// <summary>The oldest kept frames of a class go until the rest fits.</summary>
    private void Shed(RecordClass recordClass, long budget)
    {
        for (var excess = _loss.KeptBytes - budget; excess > 0;)
        {
            if (_loss.Kept.Find(frame => frame.Class == recordClass) is not { } oldest)
                return;
            _loss.Kept.Remove(oldest);
            excess -= oldest.Bytes.Length;
            foreach (var (from, to) in oldest.Numbers.Ranges)
            {
                _loss.Dropped.Add(oldest.Epoch, from, to);
                _loss.Gap.Numbers.Add(oldest.Epoch, from, to);
            }

            _loss.Count(recordClass, oldest.Numbers.Count);
            _loss.Gap.Widen(oldest.Header.MinTs, oldest.Header.MaxTs);
            foreach (var trend in oldest.Trends.Where(trend => trend.Value.HasValue))
                _loss.Gap.AddTotal(trend.Device, trend.Tag, 1, trend.Value!.Value); // has one
            foreach (var gap in oldest.Gaps)
                _loss.Gap.Add(gap);
        }
    }

    /// <summary>Everything owed that is not kept goes; so does what damaged events had named.</summary>
    private void Lose(string epoch, SeqRanges owed, Segment victim)
    {
        foreach (var (from, to) in owed.Ranges)
        {
            _loss.Dropped.Add(epoch, from, to);
            _loss.Gap.Numbers.Add(epoch, from, to);
            foreach (var (by, ranges) in _named.Where(named => named.By.Epoch == epoch && named.By.From <= to && from <= named.By.To && !Read(named.By)))
                _loss.Gap.Numbers.Add(ranges);
        }

        foreach (var frame in _loss.Kept.Where(frame => frame.Epoch == epoch))
        {
            _loss.Dropped.Remove(epoch, frame.Numbers);
            _loss.Gap.Numbers.Remove(epoch, frame.Numbers);
        }

        _loss.Gap.Widen(victim.MinTs, victim.MaxTs);
    }

    private bool Read(SeqRange by) => _seen.Covers(by);

    private static Gap? GapOf(StoredRecord record) =>
        RecordCodec.TryDecode(record.Line.Span.TrimEnd((byte)'\n'), out Event? item) is null ? item?.Gap : null;
}
