using Penstock.Contracts;
using Penstock.EdgeAgent.Data;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.EdgeAgent.Forwarding.Confirming;

/// <summary>
/// The outbox as the lanes see it when the far end's answer is the broker's: what they acknowledge leaves it at once, or, at
/// level historian, when the historian has confirmed every number. A group that waits too long goes back and is sent again.
///
/// Threads: lanes, reader of confirmations and the own task share the book and the level under one lock; the outbox is called
/// outside it. A group is in one place at a time: taken by a lane, in the book, held until its gap is told, or in the outbox.
/// </summary>
internal sealed class ConfirmedOutbox(
    IOutbox outbox, IConfirmations confirmations, DurabilityLevel level, ConfirmationBook book, HeardCentre heardCentre,
    string site, TimeSpan resendAfter, TimeProvider clock, ILogger log) : IOutbox
{
    /// <summary>Default wait for a confirmation before a group is sent again.</summary>
    public static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(60);

    // While nothing at all is confirmed, sending again helps only a broker that lost its tail: then less and less often.
    private const int LongestWait = 16;

    private readonly Lock _lock = new();
    private readonly RefusedNumbers _refused = new(site);
    private readonly BacklogWindow _window = new();
    private readonly List<Event> _events = [];
    private TaskCompletionSource _room = NewSignal();
    private long _lastHeard = clock.GetTimestamp();
    private long _heardAtResend = -1;
    private int _patience = 1;
    private long _confirmed;
    private long _resent;
    private bool _toldNothingConfirmed;
    private bool _heard;

    public string Agent => outbox.Agent;

    public string Epoch => outbox.Epoch;

    public OutboxStatus Status => outbox.Status;

    public ValueTask<Task> AppendAsync(IReadOnlyList<Reading> readings, IReadOnlyList<Event> events, CancellationToken token) =>
        outbox.AppendAsync(readings, events, token);

    public ValueTask<OutboxGroup> TakeLiveAsync(CancellationToken token) => TakeAsync(Lane.Live, outbox.TakeLiveAsync, token);

    public ValueTask<OutboxGroup> TakeBacklogAsync(CancellationToken token) => TakeAsync(Lane.Backlog, outbox.TakeBacklogAsync, token);

    /// <summary>The broker has every record of the group, except those that were refused.</summary>
    public void Acknowledge(OutboxGroup group)
    {
        lock (_lock)
        {
            if (_refused.Hold(group) || (level.WaitsForHistorian && book.Add(group, clock.GetTimestamp())))
                return;
        }

        outbox.Acknowledge(group);
    }

    public void Return(OutboxGroup group) => outbox.Return(group);

    /// <summary>The broker refused these for good: they never reach the historian, so a gap explains their numbers.</summary>
    public void Refused(IReadOnlyList<RefusedRecord> records)
    {
        lock (_lock)
        {
            // One that is sent again is refused again; its gap is told once.
            _refused.Add([.. records.Where(record => !book.IsConfirmed(record.Epoch, record.Seq, record.Seq))]);
            foreach (var record in records)
                book.Confirm(record.Epoch, record.Seq, record.Seq);
        }
    }

    public ConfirmState Look()
    {
        lock (_lock)
        {
            return new ConfirmState(level.InForce, book.Records, _confirmed, _resent)
            {
                GaveUp = level.GaveUp,
                NothingConfirmed = level.WaitsForHistorian && IsSilent(),
                Trouble = confirmations.Trouble,
            };
        }
    }

    public Task RunAsync(CancellationToken token) => Task.WhenAll(confirmations.RunAsync(Heard, token), KeepAsync(token));

    /// <summary>The outbox belongs to somebody else.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Called from the reader's thread.</summary>
    public void Heard(Confirmation confirmation)
    {
        List<OutboxGroup> done = [];
        bool changed;
        lock (_lock)
        {
            foreach (var range in confirmation.Numbers)
                done.AddRange(Confirm(range));
            _confirmed += done.Sum(group => (long)group.Count);
            _lastHeard = clock.GetTimestamp();
            _patience = 1;
            _heard = true;
            changed = level.Heard();
            if (changed)
                _events.Add(LevelEvent("records wait in the outbox until the historian confirms them"));
        }

        if (changed)
            log.HistorianConfirms();
        Leave(done);
    }

    private IEnumerable<OutboxGroup> Confirm(SeqRange range)
    {
        var waiting = book.WeightOf(Lane.Backlog);
        foreach (var (group, sent) in book.Confirm(range.Epoch, range.From, range.To))
        {
            if (group.Lane == Lane.Backlog)
                _window.Confirmed(group.Count, clock.GetElapsedTime(sent), waiting);
            yield return group;
        }

        book.BacklogRoom = _window.Records;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async ValueTask<OutboxGroup> TakeAsync(Lane lane, Func<CancellationToken, ValueTask<OutboxGroup>> take, CancellationToken token)
    {
        while (true)
        {
            while (WaitForRoom(lane) is { } room)
                await room.WaitAsync(token);
            var group = await take(token);
            if (!IsConfirmed(group))
                return group;
            // Confirmed while it lay in the outbox again: nothing is left to send.
            Leave([group]);
        }
    }

    private Task? WaitForRoom(Lane lane)
    {
        lock (_lock)
            return book.HasRoom(lane) ? null : _room.Task;
    }

    private bool IsConfirmed(OutboxGroup group)
    {
        lock (_lock)
            return book.IsConfirmed(group);
    }

    private void Leave(IReadOnlyList<OutboxGroup> groups)
    {
        foreach (var group in groups)
            outbox.Acknowledge(group);
        MakeRoom();
    }

    private void MakeRoom()
    {
        TaskCompletionSource room;
        lock (_lock)
            (room, _room) = (_room, NewSignal());
        room.TrySetResult();
    }

    private async Task KeepAsync(CancellationToken token)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerSecond, resendAfter.Ticks / 4)), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(token))
            {
                EndWaiting();
                SendAgain();
                await TellAsync();
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            await TellAsync();
        }
    }

    private void EndWaiting()
    {
        IReadOnlyList<OutboxGroup> all;
        var state = outbox.Status.State;
        lock (_lock)
        {
            if (level.WaitsForHistorian && IsSilent() && _confirmed == 0 && !_toldNothingConfirmed)
            {
                _toldNothingConfirmed = true;
                log.NothingConfirmed(book.Records);
            }

            if (!level.Look(state.CapBytes > 0 ? (double)state.Bytes / state.CapBytes : 0, IsSilent()))
                return;
            all = book.TakeAll();
            _events.Add(LevelEvent("the historian confirms nothing and the outbox is nearly full: records leave it at the broker's word"));
        }

        log.WaitingEnded(all.Sum(group => (long)group.Count), state.Bytes, state.CapBytes);
        Leave(all);
    }

    private void SendAgain()
    {
        List<OutboxGroup> late = [];
        lock (_lock)
        {
            var wait = resendAfter * _patience;
            while (book.TakeSentBefore(clock.GetTimestamp() - (long)(wait.TotalSeconds * clock.TimestampFrequency)) is { } group)
                late.Add(group);
            if (late.Count == 0)
                return;
            _patience = _heardAtResend == _lastHeard ? Math.Min(LongestWait, _patience * 2) : 1;
            _heardAtResend = _lastHeard;
            _resent += late.Sum(group => (long)group.Count);
        }

        log.SentAgain(late.Sum(group => (long)group.Count), resendAfter.TotalSeconds);
        foreach (var group in late)
            outbox.Return(group);
        MakeRoom();
    }

    /// <summary>
    /// Groups with refused records leave when the gap that explains these is kept; that a centre was heard is noted for the next
    /// start when the event that says so is. Not to be interrupted: an agent that stops still tells what it knows.
    /// </summary>
    private async Task TellAsync()
    {
        Event[] levels;
        RefusedPart refused;
        bool heard;
        lock (_lock)
        {
            heard = _heard;
            refused = _refused.Take();
            levels = [.. _events];
            _events.Clear();
        }

        Event[] events = [.. levels, .. _refused.Gaps(refused, Timestamp.Now(clock))];
        if (events.Length == 0 || await TryAppendAsync(events))
        {
            if (heard)
                heardCentre.KeepOnce(Timestamp.Now(clock));
            foreach (var group in refused.Held)
                Acknowledge(group);
            return;
        }

        lock (_lock)
        {
            _refused.PutBack(refused);
            _events.InsertRange(0, levels);
        }
    }

    private async Task<bool> TryAppendAsync(IReadOnlyList<Event> events)
    {
        try
        {
            await await outbox.AppendAsync([], events, CancellationToken.None);
            return true;
        }
        catch (OutboxException e)
        {
            log.Trouble(e.Message);
            return false;
        }
    }

    /// <summary>Something waits for its full time, and nothing was confirmed as long.</summary>
    private bool IsSilent() =>
        book.OldestSent is { } sent && clock.GetElapsedTime(sent) >= resendAfter * 0.9 && clock.GetElapsedTime(_lastHeard) >= resendAfter;

    private Event LevelEvent(string message) => new()
    {
        Kind = EventKinds.Durability,
        Site = site,
        Ts = Timestamp.Now(clock),
        State = level.InForce,
        Message = message,
    };
}
