using System.Buffers.Binary;
using Penstock.EdgeAgent.Outbox;
using Penstock.UnitTests.Architecture;
using Xunit;

namespace Penstock.UnitTests.Outbox;

/// <summary>
/// Segments of every version that was ever written stay in <c>golden</c> and stay readable; what a later version may write
/// has a named outcome.
/// </summary>
public sealed class FormatVersionTests
{
    private const string First = "0000000000000001.seg";

    private readonly ModelClock _clock = new();

    [Theory]
    [InlineData("v1", 192, 0)]
    [InlineData("v2", 28, 1)]
    [InlineData("v2-every-kind", 757, 3)]
    public void A_segment_of_this_version_gives_all_its_records(string version, int readings, int gapsOfFull)
    {
        var files = Golden(version);
        var options = new OutboxOptions { FreeFloorBytes = 0 };
        List<OutboxGroup> groups;
        using (var rig = new Rig(files, _clock, options))
        {
            groups = rig.TakeAll();
            foreach (var group in groups)
                rig.Engine.Acknowledge(group);
            rig.Engine.Close();
        }

        using var again = new Rig(files, _clock, options);

        Assert.Equal(readings, Rig.Values(groups).Count);
        Assert.Equal(gapsOfFull, Rig.Events(groups).Count(item => item.Gap?.Cause == Penstock.Contracts.GapCauses.OutboxFull));
        Assert.Equal(0, files.Quarantined);
        Assert.Empty(Rig.Values(again.TakeAll()));
    }

    [Fact]
    public void The_golden_segments_of_this_version_have_a_frame_of_every_kind()
    {
        var kinds = new Kinds();
        var files = Golden("v2-every-kind");

        foreach (var name in files.Names)
        {
            using var file = files.Open(name);
            new SegmentScan().Walk(file, name, kinds);
        }

        Assert.Equal(Enum.GetValues<FrameKind>(), kinds.Seen.Order());
        Assert.Equal(0, kinds.Damaged);
    }

    [Fact]
    public void A_segment_of_a_later_version_is_refused_with_the_repair_and_left_alone()
    {
        var files = SmallLog(out _);
        var content = files.Content(First);
        (content[(2 * FrameCodec.Sector) + 3], content[(2 * FrameCodec.Sector) + 8]) = ((byte)'3', 3);
        var before = (byte[])content.Clone();

        var refusal = Assert.Throws<OutboxException>(() => new Rig(files, _clock, Rig.Small()));

        Assert.Contains("start the version of penstock that wrote it", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, files.Content(First));
    }

    [Fact]
    public void A_frame_of_an_unknown_kind_is_passed_over_and_its_file_is_kept()
    {
        var files = SmallLog(out var frame);
        frame(files.Content(First), 9, 77);

        using var rig = new Rig(files, _clock, Rig.Small());
        foreach (var group in rig.TakeAll())
            rig.Engine.Acknowledge(group);
        rig.Engine.Commit();

        Assert.Contains(First, files.Names);
        Assert.Equal(0, files.Quarantined);
    }

    [Fact]
    public void Records_with_unknown_content_are_refused_with_the_repair()
    {
        var files = SmallLog(out var frame);
        frame(files.Content(First), 10, 0x40);

        var refusal = Assert.Throws<OutboxException>(() => new Rig(files, _clock, Rig.Small()));

        Assert.Contains(First, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("start the newer version", refusal.Message, StringComparison.Ordinal);
    }

    private static ModelFiles Golden(string version)
    {
        var files = Rig.NewFiles();
        foreach (var path in Directory.EnumerateFiles(Repository.PathOf("tests", "UnitTests", "Outbox", "golden", version), "*.seg"))
            files.Put(Path.GetFileName(path), File.ReadAllBytes(path));
        return files;
    }

    /// <summary>A log of one group of readings; the change puts a byte into the header of its frame and makes the checks right.</summary>
    private ModelFiles SmallLog(out Action<byte[], int, byte> change)
    {
        var files = Rig.NewFiles();
        using (var rig = new Rig(files, _clock, Rig.Small()))
        {
            rig.Append(1);
            rig.Engine.Close();
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        change = static (content, at, value) =>
        {
            var frame = content.AsSpan(2 * FrameCodec.Sector);
            Assert.Equal(FrameVerdict.Good, FrameCodec.ReadHeader(frame, out var header));
            frame[at] = value;
            BinaryPrimitives.WriteUInt32LittleEndian(frame[108..], FrameCodec.Crc32C(frame[8..108]));
            BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], FrameCodec.Crc32C(frame[8..(FrameCodec.HeaderBytes + header.PayloadBytes)]));
        };
        return files;
    }

    private sealed class Kinds : IFrameVisitor
    {
        public HashSet<FrameKind> Seen { get; } = [];

        public int Damaged { get; private set; }

        public void Good(in FrameHeader header, long offset, ReadOnlyMemory<byte> payload) => Seen.Add(header.Kind);

        public void Bad(long offset, long length, FrameHeader? header) => Damaged++;
    }
}
