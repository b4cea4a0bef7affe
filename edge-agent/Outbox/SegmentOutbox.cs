using System.Collections.Concurrent;
using System.Threading.Channels;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>
/// The outbox as the agent uses it: one task owns the engine and the disk; sources and the forwarder meet it in bounded queues.
/// <para><b>Threads.</b> Only the pump touches the engine. Appends come through a channel of <see cref="MostAppends"/>;
/// verdicts on groups through a queue that is bounded by the groups out; live and backlog groups go out through channels.
/// <see cref="Status"/> is a picture replaced as a whole.</para>
/// <para><b>Failures.</b> A failing disk is the engine's business. Anything unforeseen in the pump is logged, counted in the
/// status as trouble, and the pump goes on after a second.</para>
/// </summary>
public sealed class SegmentOutbox : IOutbox
{
    /// <summary>Smallest cap that can be asked for.</summary>
    public const long LeastCapBytes = 1 << 20;

    // The room of one segment stays free for the next one, so few large segments would waste much of the cap.
    private const int LeastSegments = 8;
    private const int MostAppends = 256;
    private const int BacklogAhead = 4;

    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(1);

    private readonly OutboxEngine _engine;
    private readonly StatusBoard _board;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Channel<Append> _appends = Channel.CreateBounded<Append>(MostAppends);
    private readonly ConcurrentQueue<(OutboxGroup Group, bool Kept)> _verdicts = new();
    private readonly Channel<OutboxGroup> _backlog = Channel.CreateBounded<OutboxGroup>(BacklogAhead);
    private readonly Wake _wake;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _pump;
    private TimeSpan _backlogPause;
    private long _backlogTried;

    private SegmentOutbox(OutboxEngine engine, StatusBoard board, string agent, TimeProvider clock, ILogger log)
    {
        (_engine, _board, _clock, _log, Agent) = (engine, board, clock, log, agent);
        _wake = new Wake(clock);
        _pump = Task.Run(PumpAsync);
    }

    public string Agent { get; }

    public string Epoch => _engine.Epoch;

    public OutboxStatus Status => _board.Status;

    /// <summary>
    /// Opens the outbox in a folder that nobody else uses, reads what is there, and begins a new epoch.
    /// Damage never stops it; it is told by events.
    /// </summary>
    /// <exception cref="OutboxException">The folder cannot be used, or holds segments of another format version.</exception>
    public static SegmentOutbox Open(string folder, string agent, string site, OutboxOptions options, TimeProvider clock, ILogger<SegmentOutbox> log)
    {
        try
        {
            return Open(new DiskFiles(folder), agent, site, options, clock, log, Random.Shared);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutboxException($"the outbox folder {folder} cannot be used: {e.Message}; check that it exists, belongs to this user and is writable", e);
        }
    }

    internal static SegmentOutbox Open(IOutboxFiles files, string agent, string site, OutboxOptions options, TimeProvider clock, ILogger log, Random random)
    {
        if (options.CapBytes < LeastCapBytes)
            throw new OutboxException($"the outbox cap of {options.CapBytes} bytes is too small; write at least {LeastCapBytes} under 'outbox:' of the site file");
        options = options with { SegmentBytes = (int)Math.Min(options.SegmentBytes, options.CapBytes / LeastSegments / FrameCodec.Sector * FrameCodec.Sector) };
        var epoch = EpochName.New(clock, random);
        var segments = new SegmentLog(files, options, clock, agent, site, epoch, log);
        var engine = new OutboxEngine(segments, options, clock, agent, epoch, site, log);
        try
        {
            engine.Open();
        }
        catch
        {
            engine.Dispose();
            throw;
        }

        return new SegmentOutbox(engine, new StatusBoard(engine, segments, options, clock), agent, clock, log);
    }

    public async ValueTask<Task> AppendAsync(IReadOnlyList<Reading> readings, IReadOnlyList<Event> events, CancellationToken token)
    {
        var append = new Append(readings, events, new Acceptance());
        try
        {
            await _appends.Writer.WriteAsync(append, token);
        }
        catch (ChannelClosedException)
        {
            throw new OutboxException("the outbox is closed");
        }

        _wake.Up();
        return append.Acceptance.Task;
    }

    public async ValueTask<OutboxGroup> TakeLiveAsync(CancellationToken token)
    {
        try
        {
            return await _engine.Live.TakeAsync(token);
        }
        catch (ChannelClosedException)
        {
            throw new OutboxException("the outbox is closed");
        }
    }

    public async ValueTask<OutboxGroup> TakeBacklogAsync(CancellationToken token)
    {
        try
        {
            var group = await _backlog.Reader.ReadAsync(token);
            _wake.Up();
            return group;
        }
        catch (ChannelClosedException)
        {
            throw new OutboxException("the outbox is closed");
        }
    }

    public void Acknowledge(OutboxGroup group) => Tell(group, kept: true);

    public void Return(OutboxGroup group) => Tell(group, kept: false);

    /// <summary>Writes what is pending and a mark that the end was in order; gives up on a disk that does not answer within 4 s.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_appends.Writer.TryComplete())
            return;
        await _closing.CancelAsync();
        _wake.Up();
        try
        {
            await _pump.WaitAsync(CloseWithin, _clock);
        }
        catch (TimeoutException)
        {
            _log.OutboxCloseTimedOut(CloseWithin.TotalSeconds);
            return;
        }

        _engine.Dispose();
        _wake.Dispose();
        _closing.Dispose();
    }

    private void Tell(OutboxGroup group, bool kept)
    {
        _verdicts.Enqueue((group, kept));
        _wake.Up();
    }

    private async Task PumpAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            var wait = Breath;
            try
            {
                wait = Turn();
            }
            catch (Exception e)
            {
                _log.OutboxPumpFailed(e);
                _board.Failed(e.Message);
            }

            if (wait > TimeSpan.Zero)
                await _wake.WaitAsync(wait);
            else
                await Task.Yield();
        }

        Finish();
    }

    /// <summary>One round: verdicts, appends, commit if due, groups out. Returns how long nothing will be due.</summary>
    private TimeSpan Turn()
    {
        HearVerdicts();
        while (!_engine.IsFull && _appends.Reader.TryRead(out var append))
            Take(append);
        if (_engine.IsDue)
            _engine.Commit();
        FillBacklog();
        _board.Refresh();
        if (_appends.Reader.Count > 0)
            return TimeSpan.Zero;
        var wait = _engine.Wait;
        return wait < Breath ? wait : Breath;
    }

    private void Take(Append append)
    {
        try
        {
            _engine.Append(append.Readings, append.Events, append.Acceptance);
        }
        catch (Exception e)
        {
            append.Acceptance.Fail(new OutboxException($"the outbox could not take the records: {e.Message}", e));
            throw;
        }
    }

    private void HearVerdicts()
    {
        while (_verdicts.TryDequeue(out var verdict))
        {
            if (verdict.Kept)
                _engine.Acknowledge(verdict.Group);
            else
                _engine.Return(verdict.Group);
        }
    }

    private void FillBacklog()
    {
        if (_backlogPause > TimeSpan.Zero && _clock.GetElapsedTime(_backlogTried) < _backlogPause)
            return;
        try
        {
            while (_backlog.Reader.Count < BacklogAhead && _engine.TakeBacklog() is { } group)
                _backlog.Writer.TryWrite(group);
            _backlogPause = TimeSpan.Zero;
        }
        catch (IOException e)
        {
            _log.OutboxCannotRead(e.Message);
            _backlogTried = _clock.GetTimestamp();
            _backlogPause = Breath;
        }
    }

    private void Finish()
    {
        try
        {
            while (_appends.Reader.TryRead(out var append))
                Take(append);
            HearVerdicts();
            _engine.Close();
        }
        catch (Exception e)
        {
            _log.OutboxPumpFailed(e);
        }

        _engine.Live.Close();
        _backlog.Writer.TryComplete();
        _board.Refresh();
    }

    private sealed record Append(IReadOnlyList<Reading> Readings, IReadOnlyList<Event> Events, Acceptance Acceptance);
}
