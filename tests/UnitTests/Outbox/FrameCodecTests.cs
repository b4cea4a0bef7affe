using System.Text;
using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;
using Xunit;

namespace Penstock.UnitTests.Outbox;

public sealed class FrameCodecTests
{
    private static readonly Timestamp Moment = Timestamp.Parse("2026-01-31T12:00:00Z");

    private static readonly NumberedLines Group = new(7, 2, Moment, Moment + TimeSpan.FromSeconds(1), false, "{\"a\":1}\n{\"a\":2}\n"u8.ToArray());

    [Fact]
    public void Crc_is_that_of_Castagnoli()
    {
        Assert.Equal(0xE3069283u, FrameCodec.Crc32C("123456789"u8));
    }

    [Fact]
    public void A_data_frame_has_these_bytes()
    {
        using var frames = new FrameBuffer();
        frames.Reset();

        frames.PutData(Group, "e1", Moment + TimeSpan.FromSeconds(2));

        var frame = frames.WithoutStart;
        Assert.Equal(FrameCodec.Sector, frame.Length);
        Assert.Equal(GoldenData, Convert.ToHexStringLower(frame[..(FrameCodec.HeaderBytes + 16)]));
        Assert.Equal(-1, frame[(FrameCodec.HeaderBytes + 16)..].IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void An_acknowledgement_frame_has_these_bytes()
    {
        using var frames = new FrameBuffer();
        frames.Reset();

        frames.PutAcknowledged([new SeqRange("e0", 1, 300)], "e1", Moment);

        Assert.Equal(GoldenAcknowledged, Convert.ToHexStringLower(frames.WithoutStart[..(FrameCodec.HeaderBytes + 64)]));
    }

    [Theory]
    [InlineData(GoldenDataVersion1)]
    [InlineData(GoldenAcknowledgedVersion1)]
    public void A_frame_of_version_1_is_read(string golden)
    {
        var frame = Convert.FromHexString(golden);

        var verdict = FrameCodec.ReadHeader(frame, out var header);

        Assert.Equal(FrameVerdict.Good, verdict);
        Assert.Equal(FrameVerdict.Good, FrameCodec.Check(frame, header));
        Assert.Equal("e1", header.Epoch);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        using var frames = new FrameBuffer();
        frames.Reset();
        frames.PutData(Group, "e1", Moment);

        var verdict = FrameCodec.ReadHeader(frames.WithoutStart, out var header);

        Assert.Equal(FrameVerdict.Good, verdict);
        Assert.Equal(FrameVerdict.Good, FrameCodec.Check(frames.WithoutStart, header));
        Assert.Equal((FrameKind.Data, "e1", 7L, 8L, 2), (header.Kind, header.Epoch, header.First, header.Last, header.Count));
        Assert.Equal((Group.MinTs, Group.MaxTs, Moment), (header.MinTs, header.MaxTs, header.Written));
    }

    [Fact]
    public void Every_flipped_bit_of_a_frame_is_found()
    {
        using var frames = new FrameBuffer();
        frames.Reset();
        frames.PutData(Group, "e1", Moment);
        var frame = frames.WithoutStart[..(FrameCodec.HeaderBytes + 16)].ToArray();

        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));

            var found = FrameCodec.ReadHeader(frame, out var header) is not FrameVerdict.Good || FrameCodec.Check(frame, header) is not FrameVerdict.Good;

            Assert.True(found, $"bit {bit}");
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Arbitrary_bytes_are_no_frame_and_never_fail()
    {
        var random = new Random(1);
        var bytes = new byte[FrameCodec.Sector];
        for (var round = 0; round < 20_000; round++)
        {
            random.NextBytes(bytes);
            if (round % 2 == 0)
                Encoding.ASCII.GetBytes("PSO2", bytes);

            Assert.NotEqual(FrameVerdict.Good, FrameCodec.ReadHeader(bytes, out _));
        }
    }

    private const string GoldenData =
        "50534f32609cde2e020200001000000010000000020000000700000000000000003049d4ad490600407258d4ad49060080b467d4ad490600" +
        "653100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000006a48c5e8" +
        "7b2261223a317d0a7b2261223a327d0a";

    private const string GoldenDataVersion1 =
        "50534f31609cde2e010200001000000010000000020000000700000000000000003049d4ad490600407258d4ad49060080b467d4ad490600" +
        "653100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000c9459b6" +
        "7b2261223a317d0a7b2261223a327d0a";

    private const string GoldenAcknowledged =
        "50534f32a0c172fc020300004000000040000000000000000000000000000000003049d4ad490600003049d4ad490600003049d4ad490600" +
        "6531000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000032ddb97a" +
        "6530000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000100000000000000" +
        "2c01000000000000";

    private const string GoldenAcknowledgedVersion1 =
        "50534f31a0c172fc010300004000000040000000000000000000000000000000003049d4ad490600003049d4ad490600003049d4ad490600" +
        "6531000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000054012524" +
        "6530000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000100000000000000" +
        "2c01000000000000";
}
