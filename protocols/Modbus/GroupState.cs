using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus;

/// <summary>One poll group at run time: what is asked for now, what the device has refused, and how the last poll went.</summary>
internal sealed class GroupState
{
    public GroupState(GroupPlan plan)
    {
        Plan = plan;
        Grid = plan.Group.Interval is { } interval ? new(interval) : null;
        Blocks = plan.Blocks;
        Registers = [.. plan.Blocks.SelectMany(b => b.Values).Select(v => v.Register), .. plan.Unreadable.Select(u => u.Register)];
        Tags = [.. Registers.Select(r => r.Tag)];
    }

    public GroupPlan Plan { get; }

    /// <summary>Null: read once at the start of each connection.</summary>
    public PollGrid? Grid { get; }

    public IReadOnlyList<RegisterDefinition> Registers { get; }

    public IReadOnlyList<string> Tags { get; }

    /// <summary>The plan, less what the device refused, split where it had to be.</summary>
    public IReadOnlyList<ReadBlock> Blocks { get; set; }

    public List<RefusedBlock> Refused { get; } = [];

    /// <summary>The last poll got no answer to at least one request.</summary>
    public bool Failed { get; set; }

    public TimeSpan TriedAt { get; set; }

    /// <summary>The number of the connection it was last read on.</summary>
    public int ReadOnConnection { get; set; } = -1;
}

/// <summary>A single value that the device does not have; asked for again at <paramref name="RetryAt"/> and on each new connection.</summary>
internal sealed record RefusedBlock(ReadBlock Block, string Why, TimeSpan RetryAt, int Connection);
