using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>Makes the picture of the outbox that others look at, at most once a second.</summary>
internal sealed class StatusBoard
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly OutboxEngine _engine;
    private readonly SegmentLog _segments;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _clock;
    private readonly HourlyRate _bytes;
    private readonly HourlyRate _syncs;
    private readonly HourlyRate _groups;
    private readonly HourlyRate _accepted;
    private long _at;
    private string? _failure;
    private OutboxStatus _status;

    public StatusBoard(OutboxEngine engine, SegmentLog segments, OutboxOptions options, TimeProvider clock)
    {
        (_engine, _segments, _options, _clock) = (engine, segments, options, clock);
        (_bytes, _syncs, _groups, _accepted) = (new HourlyRate(clock), new HourlyRate(clock), new HourlyRate(clock), new HourlyRate(clock));
        _status = Look();
    }

    public OutboxStatus Status => Volatile.Read(ref _status);

    public void Failed(string reason) => _failure = reason;

    public void Refresh()
    {
        if (_clock.GetElapsedTime(_at) >= Every)
            Volatile.Write(ref _status, Look());
    }

    private OutboxStatus Look()
    {
        _at = _clock.GetTimestamp();
        var counts = _segments.Counts;
        _bytes.Note(counts.Bytes);
        _syncs.Note(counts.Syncs);
        _groups.Note(counts.Groups);
        _accepted.Note(_engine.AcceptedBytes);
        var trouble = _engine.Trouble ?? _failure;
        _failure = null;
        return new OutboxStatus
        {
            State = State(trouble),
            Epochs = [.. _segments.Index.Epochs.Select(Epoch)],
            Accepted = _engine.LastGiven,
            Acknowledged = _engine.Acknowledged,
            Dropped = _engine.Dropped,
            BytesWritten = counts.Bytes,
            Syncs = counts.Syncs,
            Groups = counts.Groups,
            Drops = new Dictionary<(RecordClass, string), long>(_segments.Losses.Drops),
            Thinned = _segments.Losses.Thinned,
        };
    }

    private OutboxState State(string? trouble)
    {
        var bytes = _segments.Bytes;
        return new OutboxState
        {
            Storage = _options.Storage is StorageMode.Card ? "card" : "ssd",
            Bytes = bytes,
            CapBytes = _options.CapBytes,
            Records = _engine.PendingCount + _segments.Index.Epochs.Sum(book => book.NotDone),
            Oldest = Oldest(),
            HoursLeft = HoursLeft(bytes),
            BytesPerHour = _bytes.PerHour,
            SyncsPerHour = _syncs.PerHour,
            GroupsPerHour = _groups.PerHour,
            KeepHours = _options.Keep.TotalHours,
            FreeBytes = _segments.FreeBytes,
            FreeFloorBytes = _options.FreeFloorBytes,
            QuarantineBytes = _segments.QuarantinedBytes,
            Trouble = trouble,
        };
    }

    private EpochState Epoch(EpochBook book)
    {
        var present = book.Epoch == _engine.Epoch;
        var waiting = book.FirstNotDone() ?? (present ? _engine.PendingFirst : null);
        return new EpochState(book.Epoch, present ? _engine.LastGiven : book.Last, waiting);
    }

    private Timestamp? Oldest()
    {
        try
        {
            return _segments.OldestTs() ?? _engine.PendingOldest;
        }
        catch (IOException)
        {
            return _engine.PendingOldest;
        }
    }

    private double? HoursLeft(long bytes)
    {
        // Lines pack about seven times; until some were written that is the guess.
        var packed = _accepted.PerHour * _segments.PackedShare;
        return packed < 1 ? null : Math.Round(Math.Max(0, _segments.Limit - _options.SegmentBytes - bytes) / packed, 1);
    }
}

/// <summary>How fast a counter grows, over the last hour at most.</summary>
internal sealed class HourlyRate(TimeProvider clock)
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private readonly Queue<(long At, long Count)> _notes = new();
    private (long At, long Count) _newest;

    public long PerHour
    {
        get
        {
            var first = _notes.Count > 0 ? _notes.Peek() : _newest;
            var span = clock.GetElapsedTime(first.At, _newest.At);
            return span < TimeSpan.FromSeconds(5) ? 0 : (long)((_newest.Count - first.Count) / span.TotalHours);
        }
    }

    public void Note(long count)
    {
        var now = clock.GetTimestamp();
        if (_notes.Count == 0 || clock.GetElapsedTime(_notes.Last().At, now) >= Step)
            _notes.Enqueue((now, count));
        while (_notes.Count > 60)
            _notes.Dequeue();
        _newest = (now, count);
    }
}
