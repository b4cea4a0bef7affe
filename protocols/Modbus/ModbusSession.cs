using Penstock.Protocols.Profiles;
using Penstock.Protocols.Transport;

namespace Penstock.Protocols.Modbus;

/// <summary>
/// Reads one device from start to stop. One loop, so polls never overlap; each poll group keeps its own grid.
/// <list type="bullet">
/// <item>Each tick of each group ends in one sample per tag, good or bad, or is reported as missed.</item>
/// <item>A device that is down costs a tick no time beyond one short attempt; its tags are bad at each tick.</item>
/// <item>A failed group is tried between its ticks too; such an extra poll is reported only when the device is back.</item>
/// </list>
/// </summary>
internal sealed class ModbusSession : IAsyncDisposable
{
    private static readonly TimeSpan RecoverEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    private readonly ModbusClock _clock;
    private readonly ModbusCounters _counters;
    private readonly ModbusLink _link;
    private readonly DeviceIdentity _identity;
    private readonly GroupReader _reader;
    private readonly GroupState[] _groups;

    public ModbusSession(DeviceProfile profile, ReadPlan plan, byte unit, ChannelOpener open, ModbusClock clock, ModbusCounters counters)
    {
        var shortest = plan.Groups.Select(g => g.Group.Interval ?? LongestSleep).DefaultIfEmpty(LongestSleep).Min();
        _clock = clock;
        _counters = counters;
        _link = new(open, unit, profile.Connection, shortest, clock, counters);
        _identity = new(profile.Identify, _link, clock);
        _reader = new(_link, profile.Limits, clock, counters);
        _groups = [.. plan.Groups.Select(g => new GroupState(g))];
    }

    /// <summary>Waits for the next poll that has something to tell.</summary>
    public async ValueTask<SourceBatch> NextAsync(CancellationToken token)
    {
        while (true)
        {
            token.ThrowIfCancellationRequested();
            var (group, at) = Earliest();
            if (group is null || at > _clock.Elapsed)
                await _clock.DelayAsync(Shorter(at - _clock.Elapsed, LongestSleep), token);
            else if (await PollAsync(group, token) is { } batch)
                return batch;
        }
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    private (GroupState? Group, TimeSpan At) Earliest()
    {
        GroupState? earliest = null;
        var at = TimeSpan.MaxValue;
        foreach (var group in _groups)
        {
            var due = Shorter(TickAt(group), RecoverAt(group));
            if (due < at)
                (earliest, at) = (group, due);
        }

        return (earliest, at);
    }

    private TimeSpan TickAt(GroupState group) =>
        group.Grid?.NextDue
        ?? (group.ReadOnConnection != _link.Connections && !group.Failed ? TimeSpan.Zero : TimeSpan.MaxValue);

    private TimeSpan RecoverAt(GroupState group)
    {
        if (!group.Failed)
            return TimeSpan.MaxValue;
        var soonest = group.TriedAt + RecoverEvery;
        return _link.RetryAt > soonest ? _link.RetryAt : soonest;
    }

    private async ValueTask<SourceBatch?> PollAsync(GroupState group, CancellationToken token)
    {
        var now = _clock.Elapsed;
        var isTick = TickAt(group) <= now;
        var missed = isTick && group.Grid is { } grid ? grid.Take(now) : default;
        group.TriedAt = now;
        var samples = await ReadAsync(group, token);
        return isTick || !group.Failed ? new() { Samples = samples, Missed = Report(group, missed) } : null;
    }

    private async ValueTask<IReadOnlyList<Sample>> ReadAsync(GroupState group, CancellationToken token)
    {
        var why = await _link.IsUpAsync(token) ? await _identity.CheckAsync(token) : _link.Reason;
        group.ReadOnConnection = _link.Connections;
        if (why is null)
            return await _reader.ReadAsync(group, token);
        group.Failed = true;
        var at = _clock.Now;
        return [.. group.Registers.Select(r => SampleMaker.Bad(r, why, at))];
    }

    private IReadOnlyList<MissedPolls> Report(GroupState group, MissedTicks missed)
    {
        if (missed.Count == 0)
            return [];
        _counters.Add(ModbusCount.MissedPolls, missed.Count);
        return [new(_clock.At(missed.First), _clock.At(missed.Last), group.Tags, missed.Count * group.Tags.Count, "the poll before had not ended")];
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
