namespace Penstock.Protocols.Profiles.Simulation;

/// <summary>How a device is played: generators by tag name or pattern, and faults.</summary>
public sealed record SimulationPlan
{
    public IReadOnlyList<TagGenerator> Tags { get; init; } = [];

    public IReadOnlyList<SimulatedFault> Faults { get; init; } = [];
}

/// <summary>One entry of <c>simulate:</c>. A pattern may hold <c>*</c>; the first entry that fits a tag counts.</summary>
/// <param name="Noise">Standard deviation in engineering units.</param>
public sealed record TagGenerator(string Pattern, Generator Generator, double Noise);

/// <summary>What a simulated tag does over time, in engineering units.</summary>
public abstract record Generator;

/// <summary>Stays at one number.</summary>
public sealed record ConstantGenerator(double Value) : Generator;

/// <summary>Stays at one text.</summary>
public sealed record TextGenerator(string Value) : Generator;

/// <summary>Swings around a mean; the phase is a part of the period, 0 to 1.</summary>
public sealed record SineGenerator(double Mean, double Swing, TimeSpan Period, double Phase) : Generator;

/// <summary>From one number to another, then at once back to the first.</summary>
public sealed record RampGenerator(double From, double To, TimeSpan Period) : Generator;

/// <summary>Low for the first half of the period, high for the second.</summary>
public sealed record SquareGenerator(double Low, double High, TimeSpan Period) : Generator;

/// <summary>Goes up or down by at most <paramref name="Step"/> each second and turns at its bounds.</summary>
public sealed record RandomWalkGenerator(double Start, double Step, double Low, double High) : Generator;

/// <summary>Each number for a while, then the next, round and round.</summary>
public sealed record StepsGenerator(IReadOnlyList<double> Values, TimeSpan Every) : Generator;

/// <summary>Adds up another tag over time (W into kWh, per second otherwise), or a fixed rate per hour.</summary>
public sealed record IntegrateGenerator(string? Tag, double RatePerHour, double Start) : Generator;

/// <summary>What a simulated device does wrong.</summary>
public enum FaultEffect
{
    /// <summary>Requests stay without answer.</summary>
    NoAnswer,
    /// <summary>Requests are answered with exception 4, server device failure (V1.1b3, 7).</summary>
    Exception,
    /// <summary>Values stay as they were when the fault began.</summary>
    Frozen,
    /// <summary>Answers come 800 ms late.</summary>
    Slow,
    /// <summary>One tag takes a given value.</summary>
    Value,
}

/// <summary>A fault that comes back: it begins one interval after the start and then every <paramref name="Every"/>.</summary>
/// <param name="For">How long it lasts, shorter than <paramref name="Every"/>.</param>
/// <param name="Tag">Only with <see cref="FaultEffect.Value"/>.</param>
public sealed record SimulatedFault(string Name, FaultEffect Effect, TimeSpan Every, TimeSpan For, string? Tag = null, double Value = 0);
