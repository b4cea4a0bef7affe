using Penstock.Contracts;
using Penstock.Protocols;

namespace Penstock.EdgeAgent.Normalising;

/// <summary>
/// Good or bad, as the samples of one device tell it. Good from the first sample that is not bad. Bad when a batch is bad
/// throughout and either every tag is bad or nothing else has come for one and a half of the shortest interval: so one
/// register the device refuses does not make it bad, and a device that died is told after its fastest poll, not its slowest.
/// </summary>
internal sealed class DeviceHealth(IReadOnlyList<TagDefinition> tags)
{
    public const string Starting = "starting";
    public const string Good = "good";
    public const string Bad = "bad";

    private readonly HashSet<string> _notBad = [];
    private readonly TimeSpan _silence = 1.5 * (tags.Min(tag => tag.Interval) ?? TimeSpan.Zero);
    private Timestamp? _lastNotBad;

    public HealthState State { get; private set; } = new(Starting, null, null);

    /// <summary>True when the state changed, not only its reason.</summary>
    public bool Observe(IReadOnlyList<Sample> samples)
    {
        if (samples.Count == 0)
            return false;
        foreach (var sample in samples)
            Note(sample);
        var last = samples[^1];
        if (samples.Any(sample => sample.Q != Quality.Bad))
            return Become(Good, last.Ts, null);
        if (_notBad.Count == 0 || _lastNotBad is null || last.Ts - _lastNotBad.Value >= _silence)
            return Become(Bad, last.Ts, last.Why ?? "no reason given");
        return false;
    }

    private void Note(Sample sample)
    {
        if (sample.Q == Quality.Bad)
        {
            _notBad.Remove(sample.Tag);
            return;
        }

        _notBad.Add(sample.Tag);
        if (_lastNotBad is null || sample.Ts > _lastNotBad)
            _lastNotBad = sample.Ts;
    }

    private bool Become(string state, Timestamp ts, string? why)
    {
        var changed = State.State != state;
        if (changed || State.Why != why)
            State = new HealthState(state, changed ? ts : State.Since, why);
        return changed;
    }
}

/// <summary>A state with its beginning and its reason; immutable, so that any thread may look.</summary>
internal sealed record HealthState(string State, Timestamp? Since, string? Why);
