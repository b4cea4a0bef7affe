using System.Threading.Channels;
using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Live;

/// <summary>
/// The newest state of every tag in memory, and what changed since it was last asked. The writing task puts in, the hub
/// takes out; changes of one tag between two takes are one change.
/// </summary>
internal sealed class LiveBoard(TimeProvider clock)
{
    private const int MaxGaps = 200;
    private const int MaxShownGaps = 20_000;
    private static readonly TimeSpan FutureTolerance = TimeSpan.FromMinutes(5);

    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _lock = new();
    private readonly Dictionary<int, TagRow> _tags = [];
    private readonly Dictionary<TagKey, int> _ids = [];
    private readonly HashSet<TagKey> _formerNames = [];
    private readonly HashSet<(string Agent, string Epoch, long Seq)> _shownGaps = [];
    private LiveChanges _changes = new();

    /// <summary>Readable when something changed.</summary>
    public ChannelReader<bool> Signal => _signal.Reader;

    public void Load(IReadOnlyList<TagRow> tags, IReadOnlyList<GapRow> gaps)
    {
        lock (_lock)
        {
            foreach (var tag in tags)
                Put(tag);
            _shownGaps.UnionWith(gaps.Select(g => (g.Agent, g.Epoch, g.Seq)));
        }
    }

    /// <summary>All tags under their present names, in the order of their names.</summary>
    public IReadOnlyList<TagRow> Tags()
    {
        lock (_lock)
            return [.. _tags.Values.Where(t => !_formerNames.Contains(t.Key)).OrderBy(t => t.Key.ToString(), StringComparer.Ordinal)];
    }

    public TagRow? Find(TagKey key)
    {
        lock (_lock)
            return _ids.TryGetValue(key, out var id) ? _tags[id] : null;
    }

    public void Show(CommitOutcome outcome)
    {
        var future = (outcome.Committed + FutureTolerance).Microseconds;
        lock (_lock)
        {
            foreach (var tag in outcome.NewTags)
                Put(tag);
            _changes.Tags.UnionWith(outcome.NewTags.Select(t => t.Id));
            foreach (var (id, reading) in outcome.Readings)
                Show(id, reading, future);
            foreach (var gap in outcome.Gaps.Where(g => _shownGaps.Add((g.Agent, g.Epoch, g.Seq))).TakeLast(MaxGaps - _changes.Gaps.Count))
                _changes.Gaps.Add(gap);
            BoundShownGaps();
        }

        _signal.Writer.TryWrite(true);
    }

    public void Show(IReadOnlyList<TagRow> tags)
    {
        lock (_lock)
        {
            foreach (var tag in tags)
                Put(tag with { Latest = _tags.GetValueOrDefault(tag.Id)?.Latest });
            _changes.Tags.UnionWith(tags.Select(t => t.Id));
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>What any centre committed; what this board shows already changes nothing.</summary>
    public void Show(SharedChanges shared)
    {
        var future = (Now + FutureTolerance).Microseconds;
        lock (_lock)
        {
            foreach (var tag in shared.Tags)
                ShowShared(tag, future);
            _changes.Writers.UnionWith(shared.Agents);
            foreach (var gap in shared.Gaps.Where(g => _shownGaps.Add((g.Agent, g.Epoch, g.Seq))).TakeLast(MaxGaps - _changes.Gaps.Count))
                _changes.Gaps.Add(gap);
            BoundShownGaps();
        }

        _signal.Writer.TryWrite(true);
    }

    public void AgentSeen(string agent)
    {
        lock (_lock)
            _changes.Agents.Add(agent);
        _signal.Writer.TryWrite(true);
    }

    /// <summary>What changed since the last call.</summary>
    public (LiveChanges Changes, IReadOnlyList<TagRow> Values, IReadOnlyList<TagRow> Tags) Take()
    {
        lock (_lock)
        {
            var changes = _changes;
            _changes = new();
            return (changes, [.. changes.Values.Select(id => _tags[id])], [.. changes.Tags.Select(id => _tags[id])]);
        }
    }

    public Timestamp Now => Timestamp.Now(clock);

    private void Put(TagRow tag)
    {
        _tags[tag.Id] = tag;
        _ids[tag.Key] = tag.Id;
        if (tag.Info.TryGetProperty("was", out var was) && TagKey.TryParse(was.GetString(), out var former))
            _formerNames.Add(former);
    }

    private void Show(int id, Reading reading, long future)
    {
        if (!_tags.TryGetValue(id, out var tag) || !Replaces(tag.Latest, reading.Ts, future))
            return;
        _tags[id] = tag with
        {
            Latest = new(
                reading.Ts, reading.Value, reading.Text, reading.Q, reading.Why, reading.Clock, reading.Late, reading.Agent, reading.Epoch, reading.Seq),
        };
        _changes.Values.Add(id);
        _changes.Writers.Add(reading.Agent);
    }

    private void ShowShared(TagRow tag, long future)
    {
        var known = _tags.GetValueOrDefault(tag.Id);
        if (known is null || known.Info.GetRawText() != tag.Info.GetRawText())
        {
            Put(tag with { Latest = known?.Latest });
            _changes.Tags.Add(tag.Id);
        }

        if (tag.Latest is not { } latest || latest == known?.Latest || !Replaces(known?.Latest, latest.Ts, future))
            return;
        _tags[tag.Id] = _tags[tag.Id] with { Latest = latest };
        _changes.Values.Add(tag.Id);
        _changes.Writers.Add(latest.Agent);
    }

    // The same rule as at the start: the latest by time, and a clock that ran ahead never hides what follows.
    private static bool Replaces(LatestRow? shown, Timestamp ts, long future) =>
        shown is null || ts >= shown.Ts || shown.Ts.Microseconds > future;

    // Past the bound a gap may be told twice, which a page shows as one.
    private void BoundShownGaps()
    {
        if (_shownGaps.Count > MaxShownGaps)
            _shownGaps.Clear();
    }
}

/// <summary>What changed between two looks. Bounded by the number of tags and agents, and by 200 gaps.</summary>
internal sealed class LiveChanges
{
    public HashSet<int> Values { get; } = [];

    public HashSet<int> Tags { get; } = [];

    /// <summary>Agents that sent a heartbeat.</summary>
    public HashSet<string> Agents { get; } = [];

    /// <summary>Agents that sent records.</summary>
    public HashSet<string> Writers { get; } = [];

    public List<GapRow> Gaps { get; } = [];
}
