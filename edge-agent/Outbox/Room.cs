namespace Penstock.EdgeAgent.Outbox;

/// <summary>
/// How far the outbox may grow, and the spare: one segment's file allocated in advance, which takes the bookkeeping when the
/// medium has nothing left. The spare is the room that the cap leaves for the next segment.
/// </summary>
internal sealed class Room(IOutboxFiles files, SegmentIndex index, OutboxOptions options, ILogger log)
{
    // Below so many segments the outbox could not work; the floor of free space yields to that.
    private const int LeastSegments = 4;

    private bool _told;

    public bool HasSpare { get; private set; }

    /// <summary>Most bytes that all segments and the spare may have now.</summary>
    public long Limit
    {
        get
        {
            if (options.FreeFloorBytes == 0 || files.FreeBytes is not { } free)
                return options.CapBytes;
            var used = index.Bytes + (HasSpare ? options.SegmentBytes : 0);
            var reach = Math.Max(used + free - options.FreeFloorBytes, (long)LeastSegments * options.SegmentBytes);
            return Math.Min(options.CapBytes, Math.Max(used, reach));
        }
    }

    /// <summary>True when the next segment needs nothing to go. What only waits for its gap to be told takes no room.</summary>
    public bool HasEnough => index.Segments.SkipWhile(index.IsSettled).Sum(segment => segment.Length) + (3L * options.SegmentBytes) <= Limit;

    /// <summary>How many of the oldest segments have to go for a new one of that size, when some bytes go anyway.</summary>
    public int Victims(long newBytes, long going, IReadOnlyList<Segment> candidates)
    {
        var total = index.Bytes - going + newBytes + options.SegmentBytes;
        var limit = Limit;
        var count = 0;
        for (; count < candidates.Count && total > limit; count++)
            total -= candidates[count].Length;
        return count;
    }

    /// <summary>The spare was used.</summary>
    public void SpareIsGone() => HasSpare = false;

    /// <summary>
    /// Takes over the spare of an earlier run, if it is untouched: a cut may have left frames of a commit in it that never counted.
    /// </summary>
    public void FindSpare()
    {
        if (!files.List().Contains(SegmentName.Spare))
            return;
        try
        {
            HasSpare = IsUntouched();
            if (!HasSpare)
                files.Delete(SegmentName.Spare);
        }
        catch (IOException e)
        {
            log.OutboxCannotTidy(files.Folder, SegmentName.Spare, e.Message);
        }
    }

    /// <summary>
    /// Allocates the spare if it is missing and has room under the cap, and gives it up where it has none: with a small cap,
    /// what has to be said of the lost may need more than a segment. A medium without room is no fault here.
    /// </summary>
    public void KeepSpare()
    {
        var fits = index.Bytes + options.SegmentBytes <= options.CapBytes;
        if (HasSpare == fits)
            return;
        try
        {
            if (HasSpare)
            {
                HasSpare = false;
                files.Delete(SegmentName.Spare);
                return;
            }

            files.Create(SegmentName.Spare, options.SegmentBytes).Dispose();
            HasSpare = true;
            _told = false;
        }
        catch (IOException e)
        {
            if (!_told)
                log.OutboxNoSpare(files.Folder, e.Message);
            _told = true;
        }
    }

    private bool IsUntouched()
    {
        using var file = files.Open(SegmentName.Spare);
        if (file.Length != options.SegmentBytes)
            return false;
        var bytes = new byte[256 << 10];
        for (var at = 0L; at < file.Length; at += bytes.Length)
        {
            if (bytes.AsSpan(0, file.Read(at, bytes)).IndexOfAnyExcept((byte)0) >= 0)
                return false;
        }

        return true;
    }
}
