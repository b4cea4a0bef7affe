using FsCheck;
using FsCheck.Fluent;
using Penstock.Protocols.Modbus;
using Xunit;

namespace Penstock.UnitTests.Modbus;

public sealed class MbapFramerTests
{
    [Fact]
    public void Frames_come_out_whole_however_the_stream_is_cut()
    {
        Prop.ForAll<byte[][], byte[]>((bodies, cuts) =>
        {
            var pdus = bodies.Where(b => b is { Length: > 0 and <= Mbap.MaxPduLength }).ToArray();
            var stream = pdus.SelectMany((pdu, i) => Frame((ushort)i, pdu)).ToArray();

            var found = Feed(stream, cuts, out var state);

            return state != FrameState.Desynchronised && found.Select(f => f.Pdu).SequenceEqual(pdus, ByContent)
                && found.Select((f, i) => f.Transaction == i && f.Unit == 9).All(fits => fits);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_bytes_end_in_frames_or_in_a_desynchronised_stream()
    {
        Prop.ForAll<byte[], byte[]>((bytes, cuts) =>
        {
            var found = Feed(bytes, cuts, out _);

            return found.Sum(f => Mbap.HeaderLength + f.Pdu.Length) <= bytes.Length;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void The_framer_allocates_nothing_while_it_runs()
    {
        var framer = new MbapFramer();
        var frame = Frame(1, new byte[Mbap.MaxPduLength]);
        Pass(framer, frame);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Pass(framer, frame);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
    }

    [Theory]
    [InlineData(0, FrameState.Desynchronised)]
    [InlineData(1, FrameState.Desynchronised)]
    [InlineData(2, FrameState.Incomplete)]
    [InlineData(254, FrameState.Incomplete)]
    [InlineData(255, FrameState.Desynchronised)]
    [InlineData(65_535, FrameState.Desynchronised)]
    public void A_length_outside_2_to_254_is_told_from_the_header_alone(int length, object expected)
    {
        var framer = new MbapFramer();
        byte[] header = [0, 1, 0, 0, (byte)(length >> 8), (byte)length];
        header.CopyTo(framer.Room());
        framer.Filled(header.Length);

        var state = framer.Next(out _);

        Assert.Equal((FrameState)expected, state);
    }

    private static readonly EqualityComparer<byte[]> ByContent = EqualityComparer<byte[]>.Create((a, b) => a!.AsSpan().SequenceEqual(b));

    private static byte[] Frame(ushort transaction, byte[] pdu) =>
        [(byte)(transaction >> 8), (byte)transaction, 0, 0, 0, (byte)(1 + pdu.Length), 9, .. pdu];

    private static void Pass(MbapFramer framer, byte[] frame)
    {
        frame.CopyTo(framer.Room());
        framer.Filled(frame.Length);
        Assert.True(framer.Next(out _) == FrameState.Complete);
    }

    private static List<(ushort Transaction, byte Unit, byte[] Pdu)> Feed(byte[] stream, byte[] cuts, out FrameState state)
    {
        var framer = new MbapFramer();
        var found = new List<(ushort, byte, byte[])>();
        state = FrameState.Incomplete;
        for (int at = 0, cut = 0; at < stream.Length && state != FrameState.Desynchronised; cut++)
        {
            var room = framer.Room();
            var size = Math.Min(Math.Min(room.Length, stream.Length - at), cuts.Length == 0 ? int.MaxValue : 1 + cuts[cut % cuts.Length]);
            stream.AsSpan(at, size).CopyTo(room.Span);
            framer.Filled(size);
            at += size;
            while ((state = framer.Next(out var frame)) == FrameState.Complete)
                found.Add((frame.Transaction, frame.Unit, frame.Pdu.ToArray()));
        }

        return found;
    }
}
