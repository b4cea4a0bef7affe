using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>What a frame of the outbox holds.</summary>
internal enum FrameKind : byte
{
    /// <summary>First frame of a segment. <see cref="FrameHeader.First"/> is the lowest number held here or later; the payload is the agent's id.</summary>
    Start = 1,
    /// <summary>Records, one JSON object a line.</summary>
    Data = 2,
    /// <summary>Ranges of numbers that the far end holds.</summary>
    Acknowledged = 3,
    /// <summary>
    /// Ranges of numbers that were dropped or lost. Counts only when the events that name them, <see cref="FrameHeader.First"/>
    /// and following, are there too: a cut may leave the one without the other.
    /// </summary>
    Dropped = 4,
    /// <summary>The agent lived at this time; <see cref="FrameHeader.First"/> is the last number given.</summary>
    Alive = 5,
    /// <summary>As <see cref="Alive"/>, and the outbox was closed in order.</summary>
    Close = 6,
    /// <summary>
    /// Numbers that were dropped, as gap events without a number of their own: an open gap, part by part.
    /// <see cref="FrameHeader.First"/> is the number of the draft. It accounts for its numbers by itself.
    /// </summary>
    GapDraft = 7,
    /// <summary>
    /// Ranges of numbers of drafts that became events; counts only when these, <see cref="FrameHeader.First"/> and following,
    /// are there. With a count of zero they went into the draft of that number, and it counts only with that.
    /// </summary>
    GapSealed = 8,
    /// <summary>Ranges of the numbers in the kept frames of this commit: should one of these be damaged, they are missing by number.</summary>
    KeptNumbers = 9,
}

/// <summary>What a data frame holds beside plain readings.</summary>
[Flags]
internal enum FrameContent : byte
{
    None = 0,
    /// <summary>At least one event is a gap that names numbers.</summary>
    NamesLost = 1,
    /// <summary>The payload is zstd; without this bit it is the lines themselves, because they fit into the frame's only sector.</summary>
    Packed = 2,
    /// <summary>One byte a record in front of the lines tells its class. Since version 2.</summary>
    Classed = 4,
    /// <summary>
    /// What was kept of older frames: the numbers have holes, and the distance of each record's number from the first stands
    /// in four bytes a record behind the classes. Since version 2.
    /// </summary>
    Kept = 8,
}

/// <summary>The fixed part of a frame, apart from lengths and checks that the codec owns.</summary>
internal readonly record struct FrameHeader
{
    public required FrameKind Kind { get; init; }

    public FrameContent Content { get; init; }

    public required string Epoch { get; init; }

    public long First { get; init; }

    public int Count { get; init; }

    public Timestamp MinTs { get; init; }

    public Timestamp MaxTs { get; init; }

    /// <summary>The agent's clock when the frame was written.</summary>
    public Timestamp Written { get; init; }

    /// <summary>Bytes of the payload as it lies on disk.</summary>
    public int PayloadBytes { get; init; }

    /// <summary>Bytes of the payload unpacked.</summary>
    public int UnpackedBytes { get; init; }

    /// <summary>For a kept frame: how many numbers lie from its first record to its last. Zero elsewhere.</summary>
    public int Covers { get; init; }

    public bool IsKept => Content.HasFlag(FrameContent.Kept);

    public long Last => First + (IsKept ? Covers : Count) - 1;

    /// <summary>Bytes from this frame to the next one: whole sectors.</summary>
    public int Span => FrameCodec.Align(FrameCodec.HeaderBytes + PayloadBytes);
}
