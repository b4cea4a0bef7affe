using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>
/// The agent's durable queue. Records go in once and get their number; groups come out on two lanes until the far end
/// has acknowledged them. Polling never waits for the link: a full outbox thins and drops its oldest records and says so with a gap.
/// </summary>
public interface IOutbox : IAsyncDisposable
{
    /// <summary>Identity of the agent, made once in the data folder.</summary>
    string Agent { get; }

    /// <summary>New at every open.</summary>
    string Epoch { get; }

    /// <summary>
    /// Gives each record the next number, in the order given, and keeps it. The call waits only while the bounded queue in
    /// front of the disk is full; the task inside the result completes when the records are accepted: on disk, or already
    /// acknowledged. It faults with <see cref="OutboxException"/> when they cannot be kept.
    /// </summary>
    ValueTask<Task> AppendAsync(IReadOnlyList<Reading> readings, IReadOnlyList<Event> events, CancellationToken token);

    /// <summary>The next group of the live lane: newest data, in order of number. Waits until there is one.</summary>
    ValueTask<OutboxGroup> TakeLiveAsync(CancellationToken token);

    /// <summary>The oldest group on disk that is neither acknowledged nor taken. Waits until there is one.</summary>
    ValueTask<OutboxGroup> TakeBacklogAsync(CancellationToken token);

    /// <summary>The far end holds every record of the group (or has refused it for good).</summary>
    void Acknowledge(OutboxGroup group);

    /// <summary>The group was not delivered; it joins the backlog at its place.</summary>
    void Return(OutboxGroup group);

    OutboxStatus Status { get; }
}

/// <summary>The lane on which a group travels.</summary>
public enum Lane
{
    Live,
    Backlog,
}

/// <summary>
/// Records that are committed, sent and acknowledged together. <paramref name="Lines"/> holds their JSON, one per line,
/// numbered <paramref name="FirstSeq"/> to FirstSeq + Count - 1 without holes.
/// </summary>
public sealed record OutboxGroup(
    string Agent, string Epoch, long FirstSeq, int Count, Timestamp MinTs, Timestamp MaxTs, Lane Lane, ReadOnlyMemory<byte> Lines);

/// <summary>Fill and work of the outbox.</summary>
public sealed record OutboxStatus
{
    public OutboxState State { get; init; } = new();

    public IReadOnlyList<EpochState> Epochs { get; init; } = [];

    /// <summary>Records given a number since the open.</summary>
    public long Accepted { get; init; }

    public long Acknowledged { get; init; }

    /// <summary>Records dropped at the cap or lost to damage; each is in a gap event.</summary>
    public long Dropped { get; init; }

    public long BytesWritten { get; init; }

    public long Syncs { get; init; }

    /// <summary>Frames with records written.</summary>
    public long Groups { get; init; }

    /// <summary>Records dropped since the open, by class and cause.</summary>
    public IReadOnlyDictionary<(RecordClass Class, string Cause), long> Drops { get; init; } = new Dictionary<(RecordClass, string), long>();

    /// <summary>Records of trends that went while the smallest and largest of their interval stayed.</summary>
    public long Thinned { get; init; }
}

/// <summary>The outbox cannot keep records; the message says why and what to do.</summary>
public sealed class OutboxException : Exception
{
    public OutboxException(string message)
        : base(message)
    {
    }

    public OutboxException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>How the outbox treats its medium.</summary>
public enum StorageMode
{
    /// <summary>Commits at once when idle, groups up to 250 ms under load.</summary>
    Ssd,
    /// <summary>Groups up to 5 s and never writes what was acknowledged before its commit.</summary>
    Card,
}

/// <summary>Settings of the outbox, from <c>outbox:</c> of the site file.</summary>
public sealed record OutboxOptions
{
    public StorageMode Storage { get; init; } = StorageMode.Ssd;

    /// <summary>Most bytes on disk; 1 MiB or more.</summary>
    public long CapBytes { get; init; } = 1L << 30;

    /// <summary>How long a record may wait for the far end, in time that the agent has lived.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Below this much free space of the medium the outbox does not grow.</summary>
    public long FreeFloorBytes { get; init; } = 200L << 20;

    /// <summary>Bytes of one preallocated segment file; at most an eighth of the cap is used.</summary>
    public int SegmentBytes { get; init; } = 8 << 20;

    /// <summary>Longest wait of a record for its commit; null takes the mode's default (250 ms, 5 s).</summary>
    public TimeSpan? GroupFor { get; init; }

    /// <summary>Most records of a group.</summary>
    public int GroupRecords { get; init; } = 1000;

    /// <summary>What a reading is worth when not all can be kept.</summary>
    public Func<Reading, RecordClass> ClassOf { get; init; } = RecordClasses.Of;
}
