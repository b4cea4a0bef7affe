using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>Finds what lost events had named: the frames of the same segment that say which numbers they stand for.</summary>
internal sealed class NamedRanges(SeqRange events) : IFrameVisitor
{
    private readonly List<SeqRange> _named = [];

    public IReadOnlyList<SeqRange> In(IOutboxFiles files, Segment segment)
    {
        try
        {
            using var file = files.Open(segment.Name);
            new SegmentScan().Walk(file, segment.Name, this);
        }
        catch (IOException)
        {
            // What was found before the medium failed is all there is.
        }

        return _named;
    }

    public void Good(in FrameHeader header, long offset, ReadOnlyMemory<byte> payload)
    {
        if (header.Kind is FrameKind.Dropped && header.Epoch == events.Epoch && header.First <= events.To && events.From <= header.Last)
            _named.AddRange(FrameCodec.ReadRanges(payload));
    }

    public void Bad(long offset, long length, FrameHeader? header)
    {
        // Told when it was found.
    }
}
