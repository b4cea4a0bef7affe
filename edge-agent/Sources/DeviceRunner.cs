using Penstock.Contracts;
using Penstock.EdgeAgent.Normalising;
using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Running;
using Penstock.Protocols;

namespace Penstock.EdgeAgent.Sources;

/// <summary>
/// One device: what its source yields is normalised, watched and handed to the outbox; a source that fails is started again
/// after 1 s, then up to 30 s. Threads: <see cref="RunAsync"/> is one task and owns normaliser and health; the housekeeper
/// calls <see cref="CloseGapsAsync"/>; snapshots come from any thread and read immutable values only.
/// Every sample and every missed poll passes the account, so that scheduled = good + not good + suppressed + missed.
/// </summary>
internal sealed class DeviceRunner : IDisposable
{
    private static readonly TimeSpan HandOverGrace = TimeSpan.FromSeconds(1);

    private readonly string _site;
    private readonly Func<ISource> _create;
    private readonly ISource _first;
    private readonly RunnerParts _parts;
    private readonly Normaliser _normaliser;
    private readonly DeviceHealth _health;
    private readonly DeviceAccount _account;
    private readonly GapCollector _gaps;
    private readonly Intake _intake;
    private readonly Dictionary<string, LatestSample> _latest;
    private readonly CancellationTokenSource _handOver;
    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), Random.Shared);

    public DeviceRunner(string site, Func<ISource> create, IOutbox outbox, RunnerParts parts)
    {
        _site = site;
        _create = create;
        _first = create();
        _parts = parts;
        _normaliser = new Normaliser(site, _first.Device, _first.Tags);
        _health = new DeviceHealth(_first.Tags);
        _account = new DeviceAccount(parts.Counters);
        _gaps = new GapCollector(parts.Time);
        _intake = new Intake(site, _first.Device, outbox, _account, _gaps, parts.Time, parts.Log);
        _handOver = new CancellationTokenSource(Timeout.InfiniteTimeSpan, parts.Time);
        _latest = _first.Tags.ToDictionary(tag => tag.Tag, _ => new LatestSample());
    }

    public string Device => _first.Device;

    public string Address => _first.Address;

    public IReadOnlyList<TagDefinition> Tags => _first.Tags;

    public HealthState Health => _health.State;

    public AccountState Account => _account.Look();

    /// <summary>The newest sample of a tag, sent or suppressed; null before the first.</summary>
    public Sample? Latest(string tag) => _latest[tag].Value;

    /// <summary>Runs until cancelled; then hands over the open gaps and waits until every hand-over has its answer.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        var following = _intake.FollowAsync();
        // What was read before the stop is still handed over.
        using var stop = token.UnsafeRegister(_ => _handOver.CancelAfter(HandOverGrace), null);
        try
        {
            for (var source = _first; !token.IsCancellationRequested; source = _create())
                await RunOnceAsync(source, token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
        }

        // What the outbox refuses now is told by a gap too, so the last gaps go when everything before them has its answer.
        await _intake.SettleAsync();
        using var last = new CancellationTokenSource(HandOverGrace, _parts.Time);
        await PutGapsAsync(all: true, last.Token);
        _intake.Complete();
        await following;
    }

    public void Dispose() => _handOver.Dispose();

    /// <summary>Hands the gaps that are due, or all, to the outbox.</summary>
    public Task CloseGapsAsync(bool all) => PutGapsAsync(all, _handOver.Token);

    private Task PutGapsAsync(bool all, CancellationToken token)
    {
        var closed = _gaps.Take(all);
        foreach (var gap in closed)
            _parts.Log.SamplesMissing(Device, gap.Samples, gap.From.ToString(), gap.To.ToString(), gap.Cause, gap.Why);
        return _intake.PutAsync([], [], closed, null, token);
    }

    private async Task RunOnceAsync(ISource source, CancellationToken token)
    {
        string why;
        TimeSpan wait;
        try
        {
            await foreach (var batch in source.ReadAsync(token).WithCancellation(token))
            {
                await TakeAsync(batch);
                _backoff.Reset();
            }

            token.ThrowIfCancellationRequested();
            (why, wait) = ("source ended by itself", _backoff.Next());
            _parts.Log.SourceEnded(Device, wait.TotalSeconds);
        }
        catch (Exception e) when (!token.IsCancellationRequested)
        {
            (why, wait) = ($"source failed: {e.Message}", _backoff.Next());
            _parts.Log.SourceFailed(e, Device, wait.TotalSeconds);
        }

        _parts.Counters.SourceRestarts.Add(1);
        await PauseAsync(why, wait, token);
    }

    /// <summary>While the source is down its tags are bad, and the polls that fall into the pause are missed and counted.</summary>
    private async Task PauseAsync(string why, TimeSpan wait, CancellationToken token)
    {
        var from = Timestamp.Now(_parts.Time);
        await TakeAsync(new SourceBatch { Samples = [.. Tags.Select(tag => new Sample { Tag = tag.Tag, Ts = from, Q = Quality.Bad, Why = why })] });
        await Task.Delay(wait, _parts.Time, token);
        var polled = Tags.Where(tag => tag.Interval > TimeSpan.Zero).ToList();
        var samples = polled.Sum(tag => (long)(wait / tag.Interval!.Value));
        if (samples > 0)
            Missed(new MissedPolls(from, Timestamp.Now(_parts.Time), [.. polled.Select(tag => tag.Tag)], samples, why));
    }

    private async Task TakeAsync(SourceBatch batch)
    {
        foreach (var missed in batch.Missed)
            Missed(missed);
        var normal = _normaliser.Normalise(batch.Samples, _parts.Clock.State);
        _account.Took(batch.Samples.Count, normal.Good, normal.NotGood, normal.Suppressed);
        _parts.Counters.TextsCut.Add(normal.TextsCut);
        foreach (var sample in normal.Samples)
            _latest[sample.Tag].Value = sample;
        var events = _health.Observe(normal.Samples) ? StateChanged() : [];
        await _intake.PutAsync(normal.Readings, events, [], batch.Accepted, _handOver.Token);
    }

    private void Missed(MissedPolls missed)
    {
        _account.Missed(missed.Samples);
        _gaps.Add(new DeviceGap(
            GapCauses.MissedPolls, missed.From, missed.To, missed.Tags.Count == Tags.Count ? null : missed.Tags.ToHashSet(), missed.Samples, missed.Why));
    }

    private IReadOnlyList<Event> StateChanged()
    {
        var state = _health.State;
        if (state.State == DeviceHealth.Good)
            _parts.Log.DeviceGood(Device, Address);
        else
            _parts.Log.DeviceBad(Device, Address, state.Why ?? "");
        _parts.Changed();
        return
        [
            new Event
            {
                Kind = EventKinds.DeviceState, Site = _site, Device = Device, Ts = state.Since ?? Timestamp.Now(_parts.Time),
                State = state.State, Message = state.Why, Clock = _parts.Clock.State,
            },
        ];
    }

    /// <summary>Written by the runner's task, read by any.</summary>
    private sealed class LatestSample
    {
        private volatile Sample? _value;

        public Sample? Value
        {
            get => _value;
            set => _value = value;
        }
    }
}

/// <summary>What every runner shares. <paramref name="Changed"/> is called when a device became good or bad.</summary>
internal sealed record RunnerParts(AgentCounters Counters, MachineClock Clock, TimeProvider Time, ILogger Log, Action Changed);
