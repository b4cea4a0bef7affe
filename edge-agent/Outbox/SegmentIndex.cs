using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>One file of the log, as far as it can be trusted.</summary>
internal sealed class Segment(long number, long length)
{
    public long Number { get; } = number;

    public string Name { get; } = SegmentName.Of(number);

    /// <summary>Bytes of the file on the medium.</summary>
    public long Length { get; set; } = length;

    /// <summary>End of the bytes that are durable and readable.</summary>
    public long End { get; set; }

    /// <summary>The numbers held here, by epoch.</summary>
    public Dictionary<string, SeqRanges> Numbers { get; } = [];

    /// <summary>Frames whose numbers have holes, with their place.</summary>
    public List<KeptFrameAt> Kept { get; } = [];

    /// <summary>How long the agent had lived when this was written last: what age is counted from.</summary>
    public TimeSpan LivedAt { get; set; }

    /// <summary>What it held stands elsewhere or is named; the file only waits to be deleted.</summary>
    public bool Superseded { get; set; }

    /// <summary>Something is missing that only these files show, and no durable event tells it yet.</summary>
    public bool Untold { get; set; }

    /// <summary>Drafts of gaps here that no durable event stands for.</summary>
    public List<SeqRange> OpenDrafts { get; } = [];

    /// <summary>Holds a frame of a kind this version does not know; a later version may need it.</summary>
    public bool Strange { get; set; }

    /// <summary>Some event here names lost numbers.</summary>
    public bool NamesLost { get; set; }

    /// <summary>The medium failed while it was read at the open: what it holds is unknown, and it stays.</summary>
    public bool Unreadable { get; set; }

    public Timestamp? MinTs { get; set; }

    public Timestamp? MaxTs { get; set; }

    public void Add(string epoch, long from, long to, Timestamp minTs, Timestamp maxTs)
    {
        if (!Numbers.TryGetValue(epoch, out var numbers))
            Numbers[epoch] = numbers = new SeqRanges();
        numbers.Add(from, to);
        MinTs = MinTs is { } min && min < minTs ? min : minTs;
        MaxTs = MaxTs is { } max && max > maxTs ? max : maxTs;
    }

    public void AddKept(long at, in FrameHeader header, SeqRanges numbers)
    {
        Kept.Add(new KeptFrameAt(at, header.Epoch, numbers));
        foreach (var (from, to) in numbers.Ranges)
            Add(header.Epoch, from, to, header.MinTs, header.MaxTs);
    }
}

/// <summary>Where a kept frame stands and which numbers it holds.</summary>
internal sealed record KeptFrameAt(long At, string Epoch, SeqRanges Numbers);

/// <summary>Fixed-width names, so that the order of names is the order of numbers.</summary>
internal static class SegmentName
{
    /// <summary>Allocated in advance, so that what is lost can be written down on a full disk.</summary>
    public const string Spare = "spare";

    private const string Ending = ".seg";
    private const int Digits = 16;

    public static string Of(long number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number:D16}{Ending}");

    public static bool TryParse(string name, out long number)
    {
        number = 0;
        return name.Length == Digits + Ending.Length
            && name.EndsWith(Ending, StringComparison.Ordinal)
            && name.AsSpan(0, Digits).IndexOfAnyExceptInRange('0', '9') < 0
            && long.TryParse(name.AsSpan(0, Digits), out number);
    }
}

/// <summary>What is known of the numbers of one epoch.</summary>
internal sealed class EpochBook(string epoch)
{
    private long _noneWaitsBelow = 1;

    public string Epoch { get; } = epoch;

    /// <summary>Durable in some segment.</summary>
    public SeqRanges OnDisk { get; } = new();

    /// <summary>The far end holds them, or an event names them as lost.</summary>
    public SeqRanges Done { get; } = new();

    /// <summary>With a taker, or in the live lane.</summary>
    public SeqRanges Claimed { get; } = new();

    /// <summary>Dropped by an earlier run, or kept of older frames: missing unless on disk or done.</summary>
    public SeqRanges Gone { get; } = new();

    /// <summary>The last number known to be given.</summary>
    public long Last { get; set; }

    /// <summary>Durable in a frame without holes, in some segment.</summary>
    public long? LowestDense { get; set; }

    /// <summary>Every number from here on was on disk or done when it was written; null while unknown.</summary>
    public long? Floor { get; set; }

    /// <summary>How many numbers on disk are not done.</summary>
    public long NotDone => OnDisk.Except(Done).Count;

    /// <summary>The first stretch on disk that is neither done nor claimed.</summary>
    public (long From, long To)? FirstWaiting()
    {
        long? next = OnDisk.NextFrom(_noneWaitsBelow);
        while (next is { } number)
        {
            if (Done.Find(number) is { } done)
                next = OnDisk.NextFrom(done.To + 1);
            else if (Claimed.Find(number) is { } claimed)
                next = OnDisk.NextFrom(claimed.To + 1);
            else
                return (_noneWaitsBelow = number, EndOfWaiting(number));
        }

        return null;
    }

    /// <summary>A number became free again, or came to the disk.</summary>
    public void MayWait(long number) => _noneWaitsBelow = Math.Min(_noneWaitsBelow, number);

    /// <summary>The oldest number on disk that is not done; claimed or not.</summary>
    public long? FirstNotDone()
    {
        long? next = OnDisk.NextFrom(1);
        while (next is { } number && Done.Find(number) is { } done)
            next = OnDisk.NextFrom(done.To + 1);
        return next;
    }

    private long EndOfWaiting(long from)
    {
        var end = OnDisk.Find(from)?.To ?? from;
        if (Done.NextFrom(from) is { } done)
            end = Math.Min(end, done - 1);
        if (Claimed.NextFrom(from) is { } claimed)
            end = Math.Min(end, claimed - 1);
        return end;
    }
}

/// <summary>Segments in order and the numbers of every epoch: memory only, always derivable from the files.</summary>
internal sealed class SegmentIndex
{
    private readonly Dictionary<string, EpochBook> _books = [];
    private readonly List<EpochBook> _order = [];

    public List<Segment> Segments { get; } = [];

    /// <summary>In order of appearance, the present one last.</summary>
    public IReadOnlyList<EpochBook> Epochs => _order;

    public long Bytes => Segments.Sum(segment => segment.Length);

    public EpochBook Book(string epoch)
    {
        if (_books.TryGetValue(epoch, out var book))
            return book;
        book = new EpochBook(epoch);
        _books[epoch] = book;
        _order.Add(book);
        return book;
    }

    /// <summary>True when nothing in the segment waits for the far end.</summary>
    public bool IsDone(Segment segment) => segment.Superseded || (IsSettled(segment) && segment.OpenDrafts.Count == 0 && !segment.Untold);

    /// <summary>True when no record in the segment waits; it may still account for a gap that no event tells yet.</summary>
    public bool IsSettled(Segment segment) =>
        segment.Superseded || (!segment.Unreadable && !segment.Strange && segment.Numbers.All(pair => Book(pair.Key).Done.Covers(pair.Value)));

    /// <summary>The numbers of the segment that are still owed.</summary>
    public IEnumerable<(string Epoch, SeqRanges Numbers)> Owed(Segment segment)
    {
        foreach (var (epoch, numbers) in segment.Numbers)
        {
            var rest = numbers.Except(Book(epoch).Done);
            if (!rest.IsEmpty)
                yield return (epoch, rest);
        }
    }

    /// <summary>Forgets a segment whose file is gone, and epochs of which nothing is left.</summary>
    public void Remove(Segment segment, string present)
    {
        Segments.Remove(segment);
        foreach (var epoch in segment.Numbers.Keys)
        {
            var book = Book(epoch);
            book.OnDisk.Clear();
            foreach (var other in Segments)
            {
                if (other.Numbers.TryGetValue(epoch, out var numbers))
                    book.OnDisk.Add(numbers);
            }

            ForgetIfEmpty(book, present);
        }
    }

    /// <summary>Nothing is left of an earlier epoch: it goes.</summary>
    public void ForgetIfEmpty(EpochBook book, string present)
    {
        if (!book.OnDisk.IsEmpty || !book.Claimed.IsEmpty || book.Epoch == present)
            return;
        _books.Remove(book.Epoch);
        _order.Remove(book);
    }
}
