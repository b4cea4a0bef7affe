using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;
using Xunit;

namespace Penstock.UnitTests.Outbox;

public sealed class OutboxEngineTests
{
    private readonly ModelClock _clock = new();
    private readonly ModelFiles _files = Rig.NewFiles();

    [Fact]
    public void Numbers_count_from_one_without_holes_for_readings_and_events_alike()
    {
        using var rig = new Rig(_files, _clock, Rig.Small());

        rig.Engine.Append([Sample.Reading(1)], [new Event { Kind = EventKinds.DeviceState, Site = "north", Ts = Sample.Reading(1).Ts }], new Acceptance());
        rig.Append(2);

        Assert.Equal([1, 2, 3], rig.TakeAll().SelectMany(Sample.Seqs));
    }

    [Fact]
    public void A_record_that_may_not_be_written_gets_no_number_and_an_event_takes_its_place()
    {
        using var rig = new Rig(_files, _clock, Rig.Small());

        rig.Engine.Append([Sample.Reading(1) with { Tag = "Not A Name" }, Sample.Reading(2)], [], new Acceptance());
        rig.Engine.Commit();
        var groups = rig.TakeAll();

        Assert.Equal([1, 2], groups.SelectMany(Sample.Seqs));
        Assert.Contains("not-a-name", Assert.Single(Rig.Events(groups), item => item.Kind == EventKinds.Refused).Message, StringComparison.Ordinal);
        Assert.Equal(1, rig.Engine.Refused);
    }

    [Fact]
    public void Card_storage_offers_at_once_and_never_writes_what_was_acknowledged_before_its_commit()
    {
        using var rig = new Rig(_files, _clock, Rig.Small(StorageMode.Card));
        var acceptance = new Acceptance();

        rig.Engine.Append([Sample.Reading(1)], [], acceptance);
        Assert.False(acceptance.Task.IsCompleted);
        rig.Engine.Acknowledge(rig.Engine.Live.TryTake()!);
        _clock.Advance(TimeSpan.FromSeconds(6));

        Assert.True(acceptance.Task.IsCompletedSuccessfully);
        Assert.False(rig.Engine.IsDue);
    }

    [Fact]
    public void Card_storage_writes_what_is_not_acknowledged_after_five_seconds()
    {
        using var rig = new Rig(_files, _clock, Rig.Small(StorageMode.Card));
        rig.Engine.Append([Sample.Reading(1)], [], new Acceptance());

        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(rig.Engine.IsDue);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(rig.Engine.IsDue);
    }

    [Fact]
    public void Card_storage_with_a_healthy_link_writes_at_most_a_megabyte_an_hour()
    {
        using var rig = new Rig(_files, _clock, new OutboxOptions { Storage = StorageMode.Card });
        var readings = Enumerable.Range(1, 100).Select(Sample.Reading).ToList();

        for (var second = 0; second < 3600; second++)
        {
            rig.Engine.Append(readings, [], new Acceptance());
            _clock.Advance(TimeSpan.FromSeconds(1));
            while (rig.Engine.Live.TryTake() is { } group)
                rig.Engine.Acknowledge(group);
            if (rig.Engine.IsDue)
                rig.Engine.Commit();
        }

        Assert.InRange(_files.PagesSynced * 4096, 1, 1_000_000);
        Assert.InRange(rig.Counts.Syncs, 1, 70);
    }

    [Fact]
    public void Ssd_storage_commits_at_once_when_idle()
    {
        using var rig = new Rig(_files, _clock, Rig.Small());
        _clock.Advance(TimeSpan.FromSeconds(1));

        rig.Engine.Append([Sample.Reading(1)], [], new Acceptance());

        Assert.True(rig.Engine.IsDue);
        Assert.Null(rig.Engine.Live.TryTake());
    }

    [Fact]
    public void At_the_cap_the_oldest_go_the_newest_stay_and_gaps_name_every_number()
    {
        var given = 0L;
        using (var rig = new Rig(_files, _clock, Rig.Small()))
        {
            for (var value = 1; value <= 400; value++)
                rig.Append(value);
            given = rig.Engine.LastGiven;
        }

        var size = _files.TotalBytes;
        var groups = Deliver(opens: 2);
        var values = Rig.Values(groups);
        var named = Rig.Events(groups).Where(item => item.Gap?.Cause == GapCauses.OutboxFull).ToList();

        Assert.Equal(400, values[^1]);
        Assert.InRange(size, 1, 64 << 10);
        var missing = 400 - values.Count;
        Assert.InRange(missing, 200, 399);
        Assert.InRange(named.Count, 1, 8);
        var seqs = groups.Where(group => group.Epoch.StartsWith("e0-", StringComparison.Ordinal)).SelectMany(Sample.Seqs).ToHashSet();
        var all = named.SelectMany(item => item.Gap!.Numbers!).ToList();
        for (var seq = 1L; seq <= given; seq++)
            Assert.True(seqs.Contains(seq) || all.Any(range => range.From <= seq && seq <= range.To), $"number {seq}");
    }

    [Fact]
    public void A_full_disk_is_told_and_heals_and_nothing_is_lost_meanwhile()
    {
        using var rig = new Rig(_files, _clock, Rig.Small());
        _files.DiskFull = true;
        List<Acceptance> accepted = [];
        for (var value = 1; value <= 60; value++)
            accepted.Add(rig.Append(value));

        Assert.Contains("no space", rig.Engine.Trouble, StringComparison.Ordinal);
        _files.DiskFull = false;
        rig.Engine.Commit();

        Assert.Null(rig.Engine.Trouble);
        Assert.All(accepted, acceptance => Assert.True(acceptance.Task.IsCompletedSuccessfully));
        Assert.Equal(60, Rig.Values(rig.TakeAll()).Count);
    }

    [Fact]
    public void What_does_not_fit_into_memory_while_the_disk_fails_is_refused_and_told_by_a_gap()
    {
        using var rig = new Rig(_files, _clock, Rig.Small());
        _files.DiskFull = true;
        var readings = Enumerable.Range(1, 1000).Select(Sample.Reading).ToList();
        var refused = 0;
        for (var round = 0; round < 60; round++)
        {
            var acceptance = new Acceptance();
            rig.Engine.Append(readings, [], acceptance);
            rig.Engine.Commit();
            refused += acceptance.Task.IsFaulted ? readings.Count : 0;
        }

        _files.DiskFull = false;
        rig.Engine.Commit();
        rig.Engine.Commit();

        Assert.InRange(refused, 1000, 59_000);
        var gap = Assert.Single(Rig.Events(rig.TakeAll()), item => item.Gap?.Cause == GapCauses.OutboxUnavailable).Gap!;
        Assert.Equal(refused, gap.Samples);
    }

    [Fact]
    public void A_failed_sync_ends_the_segment_and_its_records_are_written_again()
    {
        using var rig = new Rig(_files, _clock, Rig.Small());
        rig.Append(1);
        _files.Failures = 1;
        var acceptance = rig.Append(2);

        Assert.False(acceptance.Task.IsCompleted);
        rig.Engine.Commit();

        Assert.True(acceptance.Task.IsCompletedSuccessfully);
        Assert.Equal(2, _files.Names.Count());
        _files.Crash();
        using var again = new Rig(_files, _clock, Rig.Small());
        Assert.Equal([1, 2], Rig.Values(again.TakeAll()));
    }

    [Fact]
    public void Segments_whose_records_are_acknowledged_are_deleted()
    {
        using var rig = new Rig(_files, _clock, Rig.Small());
        for (var value = 1; value <= 200; value++)
        {
            rig.Append(value);
            rig.Engine.Acknowledge(rig.Engine.Live.TryTake()!);
        }

        rig.Engine.Commit();

        Assert.Single(_files.Names);
    }

    [Fact]
    public void The_live_lane_keeps_the_newest_and_the_rest_comes_as_backlog_in_large_groups()
    {
        using var rig = new Rig(_files, _clock, new OutboxOptions());
        for (var value = 1; value <= 100; value++)
            rig.Append(value);

        var live = rig.Engine.Live.TryTake()!;
        var backlog = rig.Engine.TakeBacklog()!;

        Assert.Equal(100 - LiveLane.MaxGroups + 1, live.FirstSeq);
        Assert.Equal((1, 100 - LiveLane.MaxGroups), (backlog.FirstSeq, backlog.Count));
    }

    /// <summary>What the far end gets when the outbox is opened, drained and closed.</summary>
    private List<OutboxGroup> Deliver(int opens)
    {
        List<OutboxGroup> groups = [];
        for (var open = 0; open < opens; open++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            using var rig = new Rig(_files, _clock, Rig.Small());
            var taken = rig.TakeAll();
            groups.AddRange(taken);
            foreach (var group in taken)
                rig.Engine.Acknowledge(group);
            rig.Engine.Close();
        }

        return groups;
    }
}
