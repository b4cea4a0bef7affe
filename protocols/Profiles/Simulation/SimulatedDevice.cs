namespace Penstock.Protocols.Profiles.Simulation;

/// <summary>A value in engineering units; <paramref name="Text"/> for text registers.</summary>
public readonly record struct SimulatedValue(double Number, string? Text);

/// <summary>What a simulated device would answer at one moment.</summary>
/// <param name="Fault">The fault that is on; null when the device is well. A <see cref="FaultEffect.Frozen"/> is already in the values.</param>
public sealed record SimulatedState(IReadOnlyDictionary<string, SimulatedValue> Values, SimulatedFault? Fault);

/// <summary>
/// Plays a device from its profile: the value of every tag, internal ones too, at a moment. The same profile, seed and
/// sequence of moments give the same values. Moments are asked for in rising order; one caller at a time.
/// </summary>
public sealed class SimulatedDevice
{
    /// <summary>After a long silence the state moves on in at most this many steps.</summary>
    private const int MostSteps = 3600;

    private static readonly TimeSpan StepLength = TimeSpan.FromSeconds(1);

    private readonly DeviceProfile _profile;
    private readonly DateTimeOffset _start;
    private readonly SimulatedTag[] _tags;
    private readonly Dictionary<string, SimulatedTag> _byTag;
    private TimeSpan _reached;
    private long _step;
    private IReadOnlyDictionary<string, SimulatedValue>? _frozen;

    public SimulatedDevice(DeviceProfile profile, DateTimeOffset start, int seed)
    {
        _profile = profile;
        _start = start;
        _tags = [.. profile.Registers.Select(r => new SimulatedTag(r, profile, seed))];
        _byTag = _tags.ToDictionary(t => t.Register.Tag, StringComparer.Ordinal);
    }

    public SimulatedState At(DateTimeOffset now)
    {
        var elapsed = now > _start ? now - _start : TimeSpan.Zero;
        MoveOn(elapsed);
        var on = _profile.Simulate.Faults.Where(f => IsOn(f, elapsed)).ToArray();
        var fault = on.FirstOrDefault(f => f.Effect != FaultEffect.Value) ?? on.FirstOrDefault();
        if (fault?.Effect == FaultEffect.Frozen)
            return new(_frozen ??= Values(elapsed, []), fault);
        _frozen = null;
        return new(Values(elapsed, on), fault);
    }

    /// <summary>A fault begins one interval after the start, so that a demonstration begins well.</summary>
    private static bool IsOn(SimulatedFault fault, TimeSpan elapsed) =>
        elapsed >= fault.Every && elapsed.Ticks % fault.Every.Ticks < fault.For.Ticks;

    private Dictionary<string, SimulatedValue> Values(TimeSpan elapsed, SimulatedFault[] on)
    {
        var values = _tags.ToDictionary(t => t.Register.Tag, t => t.Value(elapsed), StringComparer.Ordinal);
        foreach (var fault in on.Where(f => f.Effect == FaultEffect.Value && f.Tag is not null))
            values[fault.Tag ?? ""] = new(fault.Value, null);
        return values;
    }

    private void MoveOn(TimeSpan elapsed)
    {
        var due = (long)((elapsed - _reached) / StepLength);
        if (due <= 0)
            return;
        var steps = Math.Min(due, MostSteps);
        var length = StepLength * ((double)due / steps);
        for (var i = 0; i < steps; i++)
        {
            var moment = _reached + (length * i);
            foreach (var tag in _tags)
                tag.Step(_step, length, name => _byTag.TryGetValue(name, out var source) && source != tag ? source.Level(moment) : 0);
            _step++;
        }

        _reached += StepLength * due;
    }
}
