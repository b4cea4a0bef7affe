using System.Threading.Channels;
using Penstock.Central.Api;
using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Live;

/// <summary>
/// Turns changes of the board into events, written once for all viewers: at once when it was quiet, then at most ten a
/// second. Snapshots and events leave under one lock, so a snapshot is never followed by something older. Agents are read from the
/// historian on a way of their own: while it is away, what the board has is shown all the same.
/// </summary>
internal sealed class LiveHub(LiveBoard board, IHistorian historian, CentralMetrics metrics, TimeProvider clock, ILogger<LiveHub> log) : BackgroundService
{
    public const int MaxViewers = 200;
    private const int MaxGaps = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GapsShown = TimeSpan.FromHours(24);

    private readonly Lock _lock = new();
    private readonly HashSet<Viewer> _viewers = [];
    private readonly SortedDictionary<string, AgentRow> _agents = new(StringComparer.Ordinal);
    private readonly HashSet<string> _silent = [];
    private readonly List<GapRow> _gaps = [];
    private readonly HashSet<string> _toRead = [];
    private readonly Channel<bool> _read = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Timestamp _started = Timestamp.Now(clock);
    private long _id;

    public async Task LoadAsync(CancellationToken cancel)
    {
        var gaps = await historian.ReadGapsAsync(new(board.Now - GapsShown, new(long.MaxValue), Limit: MaxGaps), cancel);
        board.Load(await historian.ReadTagsAsync(cancel), gaps);
        foreach (var agent in await historian.ReadAgentsAsync(null, cancel))
            _agents[agent.Agent] = agent;
        _gaps.AddRange(gaps);
    }

    /// <summary>Adds a viewer and gives its first event, the snapshot; null when there are too many.</summary>
    public byte[]? Join(Viewer viewer)
    {
        lock (_lock)
        {
            if (_viewers.Count >= MaxViewers)
                return null;
            _viewers.Add(viewer);
            metrics.ViewersChanged(1);
            return Snapshot();
        }
    }

    /// <summary>A new snapshot for a viewer that fell behind.</summary>
    public byte[] Restart(Viewer viewer)
    {
        lock (_lock)
        {
            viewer.Restart();
            return Snapshot();
        }
    }

    public void Leave(Viewer viewer)
    {
        lock (_lock)
        {
            if (_viewers.Remove(viewer))
                metrics.ViewersChanged(-1);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RepeatAsync(TickAsync, stoppingToken), RepeatAsync(ReadAgentsAsync, stoppingToken), RepeatAsync(PingAsync, stoppingToken));

    private async Task RepeatAsync(Func<CancellationToken, Task> step, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await step(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LiveFailed(e.Message, e);
                await Task.Delay(PingInterval, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TickAsync(CancellationToken stopping)
    {
        await board.Signal.ReadAsync(stopping);
        var (changes, values, tags) = board.Take();
        lock (_lock)
        {
            _toRead.UnionWith(changes.Agents);
            _toRead.UnionWith(changes.Writers.Where(IsDue));
            _gaps.AddRange(changes.Gaps);
            _gaps.RemoveRange(0, Math.Max(0, _gaps.Count - MaxGaps));
            if (_viewers.Count > 0)
                Send(values, tags, changes.Gaps);
        }

        _read.Writer.TryWrite(true);
        await Task.Delay(Interval, clock, stopping);
    }

    private async Task ReadAgentsAsync(CancellationToken stopping)
    {
        await _read.Reader.ReadAsync(stopping);
        List<string> names;
        lock (_lock)
        {
            names = [.. _toRead];
            _toRead.Clear();
        }

        try
        {
            foreach (var name in names)
                Show(await historian.ReadAgentsAsync(name, stopping));
        }
        catch
        {
            lock (_lock)
                _toRead.UnionWith(names);
            _read.Writer.TryWrite(true);
            throw;
        }

        await Task.Delay(Interval, clock, stopping);
    }

    private void Show(IReadOnlyList<AgentRow> agents)
    {
        lock (_lock)
        {
            foreach (var agent in agents)
                _agents[agent.Agent] = agent;
            if (_viewers.Count > 0 && agents.Count > 0)
                Send(SseFrame.Write(++_id, "agents", new AgentsView([.. agents.Select(a => a.View(board.Now))]), CentralJson.Wire.AgentsView));
        }
    }

    private async Task PingAsync(CancellationToken stopping)
    {
        await Task.Delay(PingInterval, clock, stopping);
        lock (_lock)
        {
            var now = board.Now;
            var changed = _agents.Values.Where(a => ViewMapping.IsSilent(a, now) ? _silent.Add(a.Agent) : _silent.Remove(a.Agent)).ToList();
            if (_viewers.Count == 0)
                return;
            if (changed.Count > 0)
                Send(SseFrame.Write(++_id, "agents", new AgentsView([.. changed.Select(a => a.View(now))]), CentralJson.Wire.AgentsView));
            Send(SseFrame.Write(++_id, "ping", new PingView(now), CentralJson.Wire.PingView));
        }
    }

    // An agent that sends records but no heartbeat is looked at now and then.
    private bool IsDue(string agent) => !_agents.TryGetValue(agent, out var known) || board.Now - known.LastSeen > PingInterval;

    private void Send(IReadOnlyList<TagRow> values, IReadOnlyList<TagRow> tags, List<GapRow> gaps)
    {
        if (tags.Count > 0)
            Send(SseFrame.Write(++_id, "tags", new TagsView([.. tags.Select(t => t.View())]), CentralJson.Wire.TagsView));
        if (values.Count > 0)
            Send(SseFrame.Write(++_id, "values", new ValuesView(board.Now, [.. values.Select(Value)]), CentralJson.Wire.ValuesView));
        foreach (var gap in gaps)
            Send(SseFrame.Write(++_id, "gap", gap.View(), CentralJson.Wire.GapView));
    }

    private void Send(byte[] frame)
    {
        foreach (var viewer in _viewers)
            viewer.Offer(frame);
    }

    private byte[] Snapshot()
    {
        var now = board.Now;
        var view = new SnapshotView(
            now,
            new(CentralVersion.Text, _started),
            [.. board.Tags().Select(t => t.View())],
            [.. _agents.Values.Select(a => a.View(now))],
            [.. _gaps.Where(g => g.To >= now - GapsShown).Select(g => g.View())]);
        return SseFrame.Write(++_id, "snapshot", view, CentralJson.Wire.SnapshotView);
    }

    private static LiveValueView Value(TagRow tag)
    {
        var latest = tag.Latest!; // a changed value has one
        return new(tag.Key.ToString(), latest.Ts, latest.Value, latest.Text, latest.Q, latest.Why, latest.Clock.View(), latest.Late);
    }
}
