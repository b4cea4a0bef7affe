using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;
using Xunit;

namespace Penstock.UnitTests.Outbox;

public sealed class RetentionTests
{
    private readonly ModelClock _clock = new();
    private readonly ModelFiles _files = Rig.NewFiles();

    [Fact]
    public void At_the_cap_trends_are_thinned_to_the_smallest_and_largest_while_states_and_events_stay()
    {
        using var rig = new Rig(_files, _clock, Rig.Small());
        rig.Engine.Append([Sample.Reading(7) with { Tag = "mode", Text = "auto" }], [Happened("good")], new Acceptance());
        for (var value = 100; value <= 240; value++)
            rig.Append(value == 105 ? 1 : value == 106 ? 999 : value);

        var groups = rig.TakeAll();
        var values = Rig.Values(groups);

        Assert.True(rig.Engine.Dropped > 0);
        Assert.Contains(1, values);
        Assert.Contains(999, values);
        Assert.Contains(7, values);
        Assert.Contains(Rig.Events(groups), item => item.State == "good");
        Assert.DoesNotContain(103, values);
        Assert.Contains(240, values);
    }

    [Fact]
    public void Count_and_mean_of_what_was_thinned_stand_in_the_gap()
    {
        using (var rig = new Rig(_files, _clock, Rig.Small()))
        {
            for (var value = 1; value <= 200; value++)
                rig.Append(value);
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        using var again = new Rig(_files, _clock, Rig.Small());
        var gap = Assert.Single(Rig.Events(again.TakeAll()), item => item.Gap?.Cause == GapCauses.OutboxFull).Gap!;

        var total = Assert.Single(gap.Thinned!);
        Assert.Equal(("meter-1", "voltage_l1"), (total.Device, total.Tag));
        Assert.Equal(gap.Numbers!.Sum(range => range.To - range.From + 1), total.Count);
        Assert.InRange(total.Mean, 2, 199);
    }

    [Fact]
    public void One_gap_coalesces_until_there_is_room_again()
    {
        using var rig = new Rig(_files, _clock, Rig.Small());
        for (var value = 1; value <= 300; value++)
            rig.Append(value);
        Assert.DoesNotContain(Rig.Events(rig.TakeAll().Select(Acknowledged)), item => item.Gap?.Cause == GapCauses.OutboxFull);

        rig.Engine.Commit();
        rig.Engine.Commit();

        Assert.Contains(Rig.Events(rig.TakeAll()), item => item.Gap?.Cause == GapCauses.OutboxFull);

        OutboxGroup Acknowledged(OutboxGroup group)
        {
            rig.Engine.Acknowledge(group);
            return group;
        }
    }

    [Fact]
    public void What_waited_longer_than_it_may_goes_and_is_told()
    {
        using var rig = new Rig(_files, _clock, Rig.Small() with { CapBytes = 256 << 10, Keep = TimeSpan.FromHours(1) });
        for (var value = 1; value <= 80; value++)
            rig.Append(value);
        for (var minute = 0; minute < 61; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            rig.Engine.Commit();
        }

        rig.Append(81);
        rig.Engine.Close();
        var groups = rig.TakeAll();

        Assert.Contains(81, Rig.Values(groups));
        Assert.DoesNotContain(1, Rig.Values(groups));
        Assert.Contains(Rig.Events(groups), item => item.Gap?.Cause == GapCauses.OutboxExpired);
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(-20_000)]
    public void No_step_of_the_clock_makes_a_record_old(int days)
    {
        var options = Rig.Small() with { Keep = TimeSpan.FromHours(1) };
        using (var rig = new Rig(_files, _clock, options))
        {
            for (var value = 1; value <= 30; value++)
                rig.Append(value);
            _clock.Step(TimeSpan.FromDays(days));
            rig.Append(31);
        }

        using var again = new Rig(_files, _clock, options);

        Assert.Equal(31, Rig.Values(again.TakeAll()).Count);
    }

    [Fact]
    public void Below_the_floor_of_free_space_the_outbox_does_not_grow()
    {
        _files.FreeBytes = 10 << 10;
        using var rig = new Rig(_files, _clock, Rig.Small() with { FreeFloorBytes = 1 << 20 });
        for (var value = 1; value <= 300; value++)
            rig.Append(value);

        Assert.InRange(_files.TotalBytes, 1, 5 * (8 << 10));
        Assert.Contains(300, Rig.Values(rig.TakeAll()));
        Assert.Null(rig.Engine.Trouble);
    }

    [Fact]
    public void On_a_full_disk_the_spare_takes_the_next_segment()
    {
        using var rig = new Rig(_files, _clock, Rig.Small());
        rig.Append(1);
        _files.DiskFull = true;
        for (var value = 2; value <= 20; value++)
            rig.Append(value);

        Assert.Null(rig.Engine.Trouble);
        Assert.Equal(20, Rig.Values(rig.TakeAll()).Count);
    }

    private static Event Happened(string state) => new() { Kind = EventKinds.DeviceState, Site = "north", Device = "meter-1", State = state, Ts = Sample.Reading(1).Ts };
}
