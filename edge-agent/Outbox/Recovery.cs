using Penstock.Contracts;
using ZstdSharp;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>What an open found: how the last run ended, and which numbers are lost.</summary>
internal sealed record RecoveryReport
{
    /// <summary>The last durable sign of life of an earlier run; null in a new folder.</summary>
    public Timestamp? LastLife { get; init; }

    /// <summary>The last run closed the outbox in order.</summary>
    public bool Clean { get; init; }

    /// <summary>Numbers that were given and stand nowhere.</summary>
    public IReadOnlyList<SeqRange> Missing { get; init; } = [];

    /// <summary>Names in quarantine of stretches of bytes that are no good frame and were not told before.</summary>
    public IReadOnlyList<string> NewDamage { get; init; } = [];

    /// <summary>Times of the good frames around the damage.</summary>
    public Timestamp? DamageFrom { get; init; }

    public Timestamp? DamageTo { get; init; }

    /// <summary>What was dropped and did not become events yet, by cause.</summary>
    public IReadOnlyList<OpenGap> Unsealed { get; init; } = [];

    /// <summary>How long agents have lived on this log, as their own frames tell.</summary>
    public TimeSpan Lived { get; init; }
}

/// <summary>Reads every segment once, fills the index, puts damaged bytes aside. Never fails on content, only on another format version.</summary>
internal sealed class Recovery(IOutboxFiles files, SegmentIndex index, ILogger log) : IFrameVisitor
{
    public const int Tries = 3;

    private readonly List<(SeqRange NamedBy, List<SeqRange> Ranges)> _dropped = [];
    private readonly DraftBook _drafts = new();
    private readonly LifeSpan _lived = new();
    private readonly List<string> _newDamage = [];
    private readonly SegmentScan _scan = new();
    private Segment _segment = new(0, 0);
    private IOutboxFile? _file;
    private Timestamp? _life;
    private Timestamp? _lifeBefore;
    private Timestamp? _written;
    private Timestamp? _damageFrom;
    private Timestamp? _damageTo;
    private bool _openDamage;
    private bool _clean;

    public RecoveryReport Run()
    {
        var numbers = SegmentNumbers();
        foreach (var number in numbers)
            Read(number, last: number == numbers[^1]);
        ApplyDrops();
        var unsealed = _drafts.Unsealed(index);
        foreach (var book in index.Epochs)
            book.Last = Math.Max(book.Last, Math.Max(book.OnDisk.Last, book.Done.Last));
        return new RecoveryReport
        {
            LastLife = _life,
            Clean = _clean,
            // What cannot be read now may be read at the next start; it is not lost yet.
            Missing = index.Segments.Any(segment => segment.Unreadable) ? [] : Missing(),
            NewDamage = _newDamage,
            DamageFrom = _damageFrom,
            DamageTo = _damageTo,
            Unsealed = unsealed,
            Lived = _lived.Total,
        };
    }

    public void Good(in FrameHeader header, long offset, ReadOnlyMemory<byte> payload)
    {
        _clean = header.Kind is FrameKind.Close || (_clean && !IsLife(header));
        if (_openDamage)
            _damageTo = header.Written;
        _openDamage = false;
        var book = index.Book(header.Epoch);
        if (IsLife(header) && header.Written != _written)
            (_lifeBefore, _written) = (_life, header.Written);
        if (IsLife(header))
            _life = header.Kind is FrameKind.Start ? header.MinTs : header.Kind is FrameKind.Data && header.MaxTs < header.Written ? header.MaxTs : header.Written;
        _segment.LivedAt = _lived.Note(header);
        switch (header.Kind)
        {
            case FrameKind.Start:
                book.Floor = Math.Min(book.Floor ?? header.First, header.First);
                break;
            case FrameKind.Data:
                TakeData(header, offset, payload, book);
                break;
            case FrameKind.KeptNumbers:
                foreach (var range in FrameCodec.ReadRanges(payload))
                    index.Book(range.Epoch).Gone.Add(range.From, range.To);
                break;
            case FrameKind.GapDraft:
                _drafts.Draft(header, payload);
                _segment.OpenDrafts.Add(new SeqRange(header.Epoch, header.First, header.First));
                break;
            case FrameKind.GapSealed:
                _drafts.Sealed(new SeqRange(header.Epoch, header.First, header.Last), FrameCodec.ReadRanges(payload));
                break;
            case FrameKind.Dropped:
                _segment.NamesLost = true;
                _dropped.Add((new SeqRange(header.Epoch, header.First, header.Last), [.. FrameCodec.ReadRanges(payload)]));
                break;
            case FrameKind.Acknowledged:
                foreach (var range in FrameCodec.ReadRanges(payload))
                    index.Book(range.Epoch).Done.Add(range.From, range.To);
                break;
            case FrameKind.Alive or FrameKind.Close:
                book.Last = Math.Max(book.Last, header.First);
                break;
            default:
                _segment.Strange = true;
                log.OutboxStrangeFrame(files.Folder, _segment.Name, (int)header.Kind);
                break;
        }
    }

    public void Bad(long offset, long length, FrameHeader? header)
    {
        _clean = false;
        if (header is { Kind: FrameKind.Data } data)
        {
            var book = index.Book(data.Epoch);
            book.Last = Math.Max(book.Last, data.Last);
            // A kept frame's numbers have holes; which they are stands in a frame of its own.
            if (!data.IsKept)
                book.Floor = Math.Min(book.Floor ?? data.First, data.First);
        }

        var name = $"{_segment.Name}.{offset:D12}";
        log.OutboxDamage(files.Folder, _segment.Name, offset, length);
        if (!Keep(name, offset, length))
            return;
        _newDamage.Add(name);
        _openDamage = true;
        // What is damaged was read before it was written: after the commit before.
        _damageFrom ??= _lifeBefore ?? _life;
    }

    /// <summary>False for what only tells of older frames.</summary>
    private static bool IsLife(in FrameHeader header) => header is { Kind: not (FrameKind.GapDraft or FrameKind.GapSealed or FrameKind.Dropped or FrameKind.KeptNumbers), IsKept: false };

    /// <summary>
    /// Drops count when the events that name them are there. Without them, what is not on disk is named by nobody: it is missing.
    /// </summary>
    private void ApplyDrops()
    {
        foreach (var (by, ranges) in _dropped)
        {
            var named = index.Book(by.Epoch).OnDisk.Covers(by.From, by.To);
            foreach (var range in ranges)
                (named ? index.Book(range.Epoch).Done : index.Book(range.Epoch).Gone).Add(range.From, range.To);
        }
    }

    private void TakeData(in FrameHeader header, long offset, ReadOnlyMemory<byte> payload, EpochBook book)
    {
        _segment.NamesLost |= header.Content.HasFlag(FrameContent.NamesLost);
        if (!header.IsKept)
        {
            book.LowestDense = Math.Min(book.LowestDense ?? header.First, header.First);
            book.OnDisk.Add(header.First, header.Last);
            _segment.Add(header.Epoch, header.First, header.Last, header.MinTs, header.MaxTs);
            return;
        }

        using var unpacker = new Decompressor();
        if (FrameBody.Open(header, payload, unpacker) is not { } body)
            return;
        var numbers = body.Numbers();
        book.OnDisk.Add(numbers);
        _segment.AddKept(offset, header, numbers);
    }

    private List<long> SegmentNumbers()
    {
        List<long> numbers = [];
        foreach (var name in files.List())
        {
            if (SegmentName.TryParse(name, out var number))
                numbers.Add(number);
            else if (name != SegmentName.Spare)
                log.OutboxForeignFile(files.Folder, name);
        }

        numbers.Sort();
        return numbers;
    }

    private void Read(long number, bool last)
    {
        _segment = new Segment(number, 0);
        index.Segments.Add(_segment);
        // A medium that fails now and then gets more than one chance.
        for (var tries = 1; !TryRead(last, tries); tries++)
        {
        }
    }

    private bool TryRead(bool last, int tries)
    {
        try
        {
            using var file = files.Open(_segment.Name);
            _file = file;
            _segment.Length = file.Length;
            _segment.End = _scan.Walk(file, _segment.Name, this);
            Tidy(file, last);
            return true;
        }
        catch (IOException) when (tries < Tries)
        {
            return false;
        }
        catch (IOException e)
        {
            (_segment.Unreadable, _segment.End) = (true, _segment.Length);
            log.OutboxUnreadable(files.Folder, _segment.Name, e);
            return true;
        }
    }

    private void Tidy(IOutboxFile file, bool last)
    {
        try
        {
            // After a kill the tail may rest in the kernel's memory only; what was found must stay.
            if (last)
                file.Sync();
            // The room that an earlier run allocated and did not use.
            if (_segment.End < _segment.Length)
                files.Truncate(_segment.Name, _segment.End);
            _segment.Length = _segment.End;
        }
        catch (IOException e)
        {
            log.OutboxCannotTidy(files.Folder, _segment.Name, e.Message);
        }
    }

    private bool Keep(string name, long offset, long length)
    {
        var bytes = new byte[Math.Min(length, 1 << 20)];
        var read = _file?.Read(offset, bytes) ?? 0;
        try
        {
            return files.Quarantine(name, bytes.AsSpan(0, read));
        }
        catch (IOException e)
        {
            // A full disk keeps nobody from starting; the bytes still stand in the segment.
            log.OutboxCannotTidy(files.Folder, "quarantine", e.Message);
            return true;
        }
    }

    private List<SeqRange> Missing()
    {
        List<SeqRange> missing = [];
        foreach (var book in index.Epochs)
        {
            var all = book.Gone.Copy();
            var from = Math.Max(1, book.Floor ?? book.LowestDense ?? long.MaxValue);
            if (from <= book.Last)
                all.Add(from, book.Last);
            missing.AddRange(all.Except(book.OnDisk, book.Done).Ranges.Select(range => new SeqRange(book.Epoch, range.From, range.To)));
        }

        return missing;
    }
}
