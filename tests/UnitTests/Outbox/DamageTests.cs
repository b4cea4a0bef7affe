using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;
using Xunit;

namespace Penstock.UnitTests.Outbox;

public sealed class DamageTests
{
    private const string First = "0000000000000001.seg";

    private readonly ModelClock _clock = new();

    [Fact]
    public void Any_single_damaged_byte_costs_at_most_its_frame_and_is_told()
    {
        var (name, content) = SmallLog();
        var hits = 0;

        for (var at = 0; at < content.Length; at++)
        {
            var damaged = (byte[])content.Clone();
            damaged[at] ^= 0xFF;
            var files = Rig.NewFiles();
            files.Put(name, damaged);
            using var rig = new Rig(files, _clock, Rig.Small());

            var groups = rig.TakeAll();

            var missing = Enumerable.Range(1, 12).Select(i => (double)i).Except(Rig.Values(groups)).ToList();
            var named = Rig.Events(groups).Where(item => item.Gap?.Cause == GapCauses.OutboxDamaged).SelectMany(item => item.Gap!.Numbers ?? []).ToList();
            Assert.True(missing.Count is 0 or 3, $"byte {at}: {missing.Count} records missing");
            Assert.True(missing.Count == named.Sum(range => range.To - range.From + 1), $"byte {at}: {missing.Count} missing, {named.Count} ranges named");
            Assert.True(missing.Count == 0 || files.Quarantined == 1, $"byte {at}: nothing in quarantine");
            hits += missing.Count > 0 ? 1 : 0;
        }

        Assert.True(hits > 4 * FrameCodec.HeaderBytes, $"only {hits} bytes mattered");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(700)]
    [InlineData(1536)]
    public void A_truncated_segment_opens_and_gives_what_is_left(int length)
    {
        var (name, content) = SmallLog();
        var files = Rig.NewFiles();
        files.Put(name, content[..length]);

        using var rig = new Rig(files, _clock, Rig.Small());

        Assert.Equal(length / FrameCodec.Sector is 3 ? 3 : 0, Rig.Values(rig.TakeAll()).Count(value => value <= 3));
    }

    [Fact]
    public void A_zeroed_segment_opens()
    {
        var files = Rig.NewFiles();
        files.Put(First, new byte[8 << 10]);

        using var rig = new Rig(files, _clock, Rig.Small());

        Assert.Null(rig.Engine.Trouble);
    }

    [Fact]
    public void Segments_with_swapped_names_still_give_every_record_once()
    {
        var files = Rig.NewFiles();
        var one = SmallLog();
        var two = SmallLog(100);
        files.Put("0000000000000002.seg", one.Content);
        files.Put(First, two.Content);

        using var rig = new Rig(files, _clock, Rig.Small());
        var values = Rig.Values(rig.TakeAll());

        Assert.Equal(Enumerable.Range(1, 12).Concat(Enumerable.Range(101, 12)).Select(i => (double)i), values);
    }

    [Fact]
    public void A_segment_copied_under_a_second_name_gives_every_record_once()
    {
        var files = Rig.NewFiles();
        var (name, content) = SmallLog();
        files.Put(name, content);
        files.Put("0000000000000007.seg", (byte[])content.Clone());

        using var rig = new Rig(files, _clock, Rig.Small());

        Assert.Equal(12, Rig.Values(rig.TakeAll()).Count);
    }

    [Fact]
    public void Foreign_files_stay_as_they_are()
    {
        var files = Rig.NewFiles();
        files.Put("notes.txt", [1, 2, 3]);
        files.Put("17.seg", [4]);

        using var rig = new Rig(files, _clock, Rig.Small());

        Assert.Equal([1, 2, 3], files.Content("notes.txt"));
        Assert.Equal([4], files.Content("17.seg"));
    }

    [Fact]
    public void A_segment_of_another_version_is_refused_by_name_with_the_repair()
    {
        var (name, content) = SmallLog();
        content[3] = (byte)'3';
        content[8] = 3;
        var files = Rig.NewFiles();
        files.Put(name, content);

        var refusal = Assert.Throws<OutboxException>(() => new Rig(files, _clock, Rig.Small()));

        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("move the file", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_is_told_once_however_often_the_outbox_is_opened()
    {
        var (name, content) = SmallLog();
        content[FrameCodec.Sector * 3] ^= 1;
        var files = Rig.NewFiles();
        files.Put(name, content);
        List<OutboxGroup> groups = [];

        for (var opens = 0; opens < 3; opens++)
        {
            using var rig = new Rig(files, _clock, Rig.Small());
            _clock.Advance(TimeSpan.FromSeconds(1));
            groups = rig.TakeAll();
        }

        Assert.Single(Rig.Events(groups), item => item.Gap?.Cause == GapCauses.OutboxDamaged);
    }

    [Fact]
    public void Damage_that_comes_while_running_is_told_when_it_is_met()
    {
        var files = Rig.NewFiles();
        using var rig = new Rig(files, _clock, Rig.Small());
        rig.Append(1, 2);
        rig.Append(3);
        while (rig.Engine.Live.TryTake() is { } group)
            rig.Engine.Return(group);
        files.Content(First)[(FrameCodec.Sector * 2) + 120] ^= 1;

        var groups = rig.TakeAll();

        Assert.Equal([3], Rig.Values(groups));
        var gap = Assert.Single(Rig.Events(groups), item => item.Gap?.Cause == GapCauses.OutboxDamaged).Gap!;
        Assert.Equal([(1, 2)], gap.Numbers!.Select(range => (range.From, range.To)));
        Assert.Equal(2, rig.Engine.Dropped);
    }

    /// <summary>Four groups of three readings, closed in order.</summary>
    private (string Name, byte[] Content) SmallLog(int after = 0)
    {
        var files = Rig.NewFiles();
        _clock.Advance(TimeSpan.FromSeconds(1));
        using (var rig = new Rig(files, _clock, Rig.Small()))
        {
            for (var group = 0; group < 4; group++)
                rig.Append(after + (group * 3) + 1, after + (group * 3) + 2, after + (group * 3) + 3);
            rig.Engine.Close();
        }

        var content = files.Content(First);
        return (First, content[..FrameCodec.Align(content.AsSpan().LastIndexOfAnyExcept((byte)0) + 1)]);
    }
}
