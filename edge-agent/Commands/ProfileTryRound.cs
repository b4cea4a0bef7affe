using Penstock.Contracts;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Commands;

/// <summary>Where and what to read.</summary>
internal sealed record TryTarget
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required byte Unit { get; init; }

    public required TimeSpan Timeout { get; init; }

    public TimeSpan Pause { get; init; }

    /// <summary>Null: read <see cref="Request"/> and guess.</summary>
    public DeviceProfile? Profile { get; init; }

    public ReadRequest Request { get; init; }

    public override string ToString() => $"{Host}:{Port} unit {Unit}";
}

/// <summary>One look at the device.</summary>
internal sealed record TryRound(TryTarget Target, Timestamp At, IReadOnlyList<TryRow> Rows, IReadOnlyList<TryTrouble> Troubles)
{
    public static TryRound Failed(TryTarget target, Timestamp at, string what, string cause) => new(target, at, [], [new(what, cause, [])]);
}

/// <summary>A value of the profile, or one word of an unknown device.</summary>
internal sealed record TryRow
{
    public string? Tag { get; init; }

    public required RegisterTable Table { get; init; }

    public required ushort Address { get; init; }

    public required IReadOnlyList<ushort> Words { get; init; }

    /// <summary>By the profile; null without one.</summary>
    public DecodedValue? Value { get; init; }

    public string? Unit { get; init; }

    /// <summary>All four orders of a value of two or four words; without a profile, as float32 with the next word.</summary>
    public IReadOnlyList<WordReading> Orders { get; init; } = [];

    /// <summary>The letters of the profile's own order.</summary>
    public string? OwnOrder { get; init; }

    /// <summary>The reading that stands out.</summary>
    public WordReading? Plausible { get; init; }

    /// <summary>The word belongs to the value above.</summary>
    public bool IsRest { get; init; }
}

/// <summary>A request that brought no values: what happened, the likely cause, and what was found out by asking further.</summary>
internal sealed record TryTrouble(string What, string Cause, IReadOnlyList<string> Findings);
