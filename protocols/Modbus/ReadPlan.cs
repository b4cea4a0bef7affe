using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus;

/// <summary>What is read of one device: one entry per poll group, fastest first, groups read once in front.</summary>
public sealed record ReadPlan(IReadOnlyList<GroupPlan> Groups);

/// <summary>The requests of one poll group, and what cannot be asked for at all.</summary>
public sealed record GroupPlan(PollGroup Group, IReadOnlyList<ReadBlock> Blocks, IReadOnlyList<UnreadableValue> Unreadable);

/// <summary>A value that no allowed request covers, and why.</summary>
public sealed record UnreadableValue(RegisterDefinition Register, string Why);

/// <summary>One request and the values it brings, in the order of their addresses.</summary>
public sealed record ReadBlock(ReadRequest Request, IReadOnlyList<PlannedValue> Values);

/// <summary>A value with the register of its exponent, which is read in the same request.</summary>
public sealed record PlannedValue(RegisterDefinition Register, RegisterDefinition? Exponent)
{
    /// <summary>First wire address of everything the value needs.</summary>
    public int First { get; } = Math.Min(Lowest(Register), Exponent is null ? int.MaxValue : Lowest(Exponent));

    /// <summary>Last wire address.</summary>
    public int Last { get; } = Math.Max(Highest(Register), Exponent is null ? 0 : Highest(Exponent));

    public int Length => Last - First + 1;

    private static int Lowest(RegisterDefinition d) => d.Addresses.Min();

    private static int Highest(RegisterDefinition d) => d.Addresses.Max();
}
