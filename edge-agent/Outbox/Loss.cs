using System.Text;
using Penstock.Contracts;
using ZstdSharp;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>What goes when segments are dropped.</summary>
/// <param name="Dropped">Numbers that go now.</param>
/// <param name="Numbers">Those, and the numbers named by events that go with them.</param>
/// <param name="Unread">Segments among them that could never be read.</param>
internal sealed record Loss(
    IReadOnlyList<SeqRange> Dropped, IReadOnlyList<SeqRange> Numbers, Timestamp From, Timestamp To, IReadOnlyList<Segment> Unread)
{
    public long DroppedCount => Dropped.Sum(range => range.To - range.From + 1);
}

/// <summary>The events that name a loss: their numbers, and those of them that are not yet part of the commit.</summary>
internal readonly record struct Naming(SeqRange By, IReadOnlyList<NumberedLines> Lines);

/// <summary>Numbers by epoch.</summary>
internal sealed class RangeBook
{
    private readonly Dictionary<string, SeqRanges> _epochs = [];

    public void Add(string epoch, long from, long to)
    {
        if (!_epochs.TryGetValue(epoch, out var ranges))
            _epochs[epoch] = ranges = new SeqRanges();
        ranges.Add(from, to);
    }

    public bool Covers(SeqRange range) => _epochs.TryGetValue(range.Epoch, out var ranges) && ranges.Covers(range.From, range.To);

    public void Clear() => _epochs.Clear();

    public IEnumerable<SeqRange> All()
    {
        foreach (var (epoch, ranges) in _epochs)
        {
            foreach (var (from, to) in ranges.Ranges)
                yield return new SeqRange(epoch, from, to);
        }
    }
}

/// <summary>
/// Finds what dropping segments would lose. An event that names lost numbers may itself be among the dropped records;
/// then the numbers it names are named again.
/// </summary>
internal sealed class LossCollector(IOutboxFiles files, SegmentIndex index, ILogger log) : IFrameVisitor
{
    private readonly RangeBook _dropped = new();
    private readonly RangeBook _numbers = new();
    private Segment _victim = new(0, 0);
    private Timestamp? _from;
    private Timestamp? _to;

    public Loss Collect(List<Segment> victims)
    {
        foreach (var victim in victims)
        {
            if (victim.Unreadable || victim.NamesLost)
                Read(victim);
            foreach (var (epoch, owed) in index.Owed(victim))
            {
                foreach (var (from, to) in owed.Ranges)
                {
                    _dropped.Add(epoch, from, to);
                    _numbers.Add(epoch, from, to);
                }

                Widen(victim.MinTs, victim.MaxTs);
            }
        }

        return new Loss([.. _dropped.All()], [.. _numbers.All()], _from ?? default, _to ?? _from ?? default, [.. victims.Where(victim => victim.Unreadable)]);
    }

    /// <summary>What the damaged records of a segment had named, as far as the frames beside them tell.</summary>
    public IReadOnlyList<SeqRange> CollectNamed(Segment segment)
    {
        Read(segment);
        return [.. _numbers.All()];
    }

    public void Good(in FrameHeader header, long offset, ReadOnlyMemory<byte> payload)
    {
        if (header.Kind is FrameKind.Data && _victim.Unreadable)
        {
            index.Book(header.Epoch).OnDisk.Add(header.First, header.Last);
            _victim.Add(header.Epoch, header.First, header.Last, header.MinTs, header.MaxTs);
        }

        var names = header.Kind is FrameKind.Dropped || (header.Kind is FrameKind.Data && header.Content.HasFlag(FrameContent.NamesLost));
        if (!names || index.Book(header.Epoch).Done.Covers(header.First, header.Last))
            return;
        if (header.Kind is FrameKind.Dropped)
            NameAgain(FrameCodec.ReadRanges(payload));
        else
            NameAgain(header, payload.Span);
    }

    public void Bad(long offset, long length, FrameHeader? header)
    {
        // Told when it was found.
    }

    /// <summary>A segment that could not be read at the open may be readable now, and the other way round.</summary>
    private void Read(Segment victim)
    {
        _victim = victim;
        for (var tries = 1; !TryRead(victim, tries); tries++)
        {
        }
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

    private void NameAgain(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        using var unpacker = new Decompressor();
        var lines = Lines.Unpack(header, payload, new byte[header.UnpackedBytes], unpacker);
        foreach (var line in Encoding.UTF8.GetString(lines).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            NameAgain(Encoding.UTF8.GetBytes(line));
    }

    private void NameAgain(IEnumerable<SeqRange> ranges)
    {
        foreach (var range in ranges)
            _numbers.Add(range.Epoch, range.From, range.To);
    }

    private void NameAgain(ReadOnlySpan<byte> line)
    {
        if (!RecordCodec.IsEvent(line) || RecordCodec.TryDecode(line, out Event? item) is not null || item?.Gap?.Numbers is not { } numbers)
            return;
        NameAgain(numbers);
        Widen(item.Gap.From, item.Gap.To);
    }

    private void Widen(Timestamp? from, Timestamp? to)
    {
        _from = _from is { } low && from is { } f ? (f < low ? f : low) : _from ?? from;
        _to = _to is { } high && to is { } t ? (t > high ? t : high) : _to ?? to;
    }
}
