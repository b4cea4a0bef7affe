using Microsoft.Extensions.Time.Testing;
using Penstock.Central.Historian;
using Penstock.Contracts;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

/// <summary>What every historian promises, whatever engine it has.</summary>
public abstract class HistorianContract : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    private protected FakeTimeProvider Clock { get; } = new(Noon.ToDateTimeOffset() + TimeSpan.FromHours(6));

    private protected IHistorian Historian { get; private set; } = null!; // Set before each test by InitializeAsync.

    private protected string Folder => _folder.Path;

    /// <summary>Opens the history of this test, the same one each time.</summary>
    private protected abstract ValueTask<IHistorian> OpenAsync(string folder, TimeProvider clock);

    /// <summary>Readings are removed in whole multiples of this.</summary>
    private protected virtual TimeSpan RemovalStep => TimeSpan.FromMinutes(1);

    public async ValueTask InitializeAsync() => Historian = await OpenAsync(_folder.Path, Clock);

    public async ValueTask DisposeAsync()
    {
        if (Historian is not null) // A skipped test has none.
            await Historian.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_group_is_stored_and_counted()
    {
        var verdict = await Commit(Group(Reading(1), Reading(2, seconds: 1)));

        Assert.Equal((2, 0), (verdict.Stored, verdict.Duplicates));
        Assert.Equal([1L, 2], (await Raw()).Select(p => p.Seq));
    }

    [Fact]
    public async Task What_is_read_is_what_was_sent()
    {
        var reading = Reading(7) with { Value = null, Text = "running", Q = Quality.Uncertain, Why = "sensor old", Clock = ClockState.Holdover };

        await Commit(Group(reading));

        var point = Assert.Single(await Raw());
        Assert.Equal(
            new RawPoint(reading.Ts, null, "running", "V", Quality.Uncertain, "sensor old", ClockState.Holdover, "a1", "e1", 7, Timestamp.Now(Clock)), point);
    }

    [Fact]
    public async Task The_same_group_twice_changes_nothing()
    {
        var group = Group(Reading(1), Reading(2, seconds: 1));
        await Commit(group);
        var before = await HistorianDump.OfAsync(Historian);

        var verdict = await Commit(group);

        Assert.Equal((0, 2), (verdict.Stored, verdict.Duplicates));
        Assert.Equal(before, await HistorianDump.OfAsync(Historian));
    }

    [Fact]
    public async Task A_number_given_twice_keeps_the_first_record()
    {
        await Commit(Group(Reading(1, value: 5)));

        await Commit(Group(Reading(1, value: 6, seconds: 3, tag: "t2")));

        Assert.Equal(5, Assert.Single(await Raw()).Value);
        Assert.Single(await Historian.ReadTagsAsync(default));
    }

    [Fact]
    public async Task A_position_is_kept_with_the_records_and_never_goes_back()
    {
        await Historian.CommitAsync([Group(Reading(1))], [new("c1", "t1", 0, 10), new("c1", "t1", 1, 5), new("c2", "t1", 0, 3)], default);
        await Historian.CommitAsync([Group(Reading(2))], [new("c1", "t1", 0, 8), new("c1", "t1", 1, 6)], default);

        Assert.Equal([new("c1", "t1", 0, 10), new("c1", "t1", 1, 6)], await Historian.ReadPositionsAsync("c1", default));
    }

    [Fact]
    public async Task Two_readings_of_one_moment_both_stay()
    {
        await Commit(Group(Reading(1, value: 5), Reading(2, value: 6)));

        Assert.Equal([5, 6], (await Raw()).Select(p => p.Value));
    }

    [Fact]
    public async Task Numbers_in_a_gap_are_dropped_until_they_arrive()
    {
        await Commit(Group(Gap(1, "e2", new SeqRange("e1", 1, 10))));
        Assert.Equal((0, 10), await LedgerOf("e1"));

        await Commit(Group(Reading(4)));

        Assert.Equal((1, 9), await LedgerOf("e1"));
        Assert.Single(await Raw());
    }

    [Fact]
    public async Task Missing_numbers_stand_in_the_ledger()
    {
        await Commit(Group(Reading(2), Reading(3), Reading(7)));

        var row = Assert.Single(Assert.Single(await Historian.ReadAgentsAsync("a1", default)).Ledger);
        Assert.Equal([(1, 1), (4, 6)], row.Missing);
        Assert.Equal(7, row.Last);
    }

    [Fact]
    public async Task A_refused_line_is_kept_once_and_its_number_is_dead()
    {
        await Commit(Group(Reading(1)));

        await Commit(Refused(Refusal(2), Refusal(null, "noise")));
        await Commit(Refused(Refusal(2), Refusal(null, "noise")));

        Assert.Equal(2, (await Historian.ReadSizeAsync(default)).DeadLetters);
        Assert.Equal(1, Assert.Single(Assert.Single(await Historian.ReadAgentsAsync("a1", default)).Ledger).Dead);
    }

    [Fact]
    public async Task Gaps_are_found_by_time_device_and_tag()
    {
        await Commit(Group(Gap(1), Gap(2) with { Device = "pump" }));

        Assert.Single(await Gaps(new(Noon - TimeSpan.FromSeconds(1), Noon, "north", "meter", "t1")));
        Assert.Equal(2, (await Gaps(new(Noon - TimeSpan.FromHours(1), Noon))).Count);
        Assert.Empty(await Gaps(new(Noon + TimeSpan.FromSeconds(1), Noon + TimeSpan.FromHours(1))));
        Assert.Empty(await Gaps(new(Noon - TimeSpan.FromHours(1), Noon, "south")));
    }

    [Fact]
    public async Task A_former_name_joins_the_history()
    {
        await Commit(Group(Reading(1, tag: "old"), Reading(2, tag: "new", seconds: 90)));
        await Historian.SaveTagsAsync([Tag("new", was: "north/meter/old")], default);

        Assert.Equal([1L, 2], (await Raw("new")).Select(p => p.Seq));
        Assert.Equal([1L, 1], (await Buckets(TimeSpan.FromMinutes(1), "new")).Select(b => b.RollUp.Count));
        Assert.Equal(["new"], (await Historian.ReadTagsAsync(default)).Select(t => t.Key.Tag));
    }

    [Fact]
    public async Task An_older_tag_info_does_not_replace_a_newer_one()
    {
        await Historian.SaveTagsAsync([Tag() with { Label = "new", Ts = Noon }], default);

        Assert.Empty(await Historian.SaveTagsAsync([Tag() with { Label = "old", Ts = Noon - TimeSpan.FromHours(1) }], default));

        Assert.Equal("new", Assert.Single(await Historian.ReadTagsAsync(default)).Info.GetProperty("label").GetString());
    }

    [Fact]
    public async Task The_latest_reading_is_the_one_with_the_latest_time()
    {
        await Commit(Group(Reading(1, value: 1, seconds: 5), Reading(2, value: 2, seconds: 3)));

        Assert.Equal(1, Assert.Single(await Historian.ReadTagsAsync(default)).Latest!.Value);
    }

    [Fact]
    public async Task A_spike_of_one_reading_stays_in_every_bucket_size()
    {
        await Commit(Group(Enumerable.Range(0, 7200).Select(i => Reading(i + 1, value: i == 4321 ? 999 : 1, seconds: i))));

        foreach (var seconds in (int[])[7, 60, 240, 3600, 86400])
        {
            var buckets = await Buckets(TimeSpan.FromSeconds(seconds));
            Assert.Single(buckets, b => b.RollUp.Max == 999);
            Assert.Equal(7200, buckets.Sum(b => b.RollUp.Count));
        }
    }

    [Fact]
    public async Task Old_readings_go_and_their_roll_ups_stay()
    {
        var start = Midnight();
        await Commit(Group(Enumerable.Range(0, 300).Select(i => Reading(i + 1, value: i) with { Ts = start + (RemovalStep * i / 60) })));
        var before = await Buckets(TimeSpan.FromDays(1));

        await RemoveAll(start + (RemovalStep * 2.5));

        Assert.Equal(180, (await Raw()).Count);
        Assert.Equal(before, await Buckets(TimeSpan.FromDays(1)));
        Assert.Equal(300, before.Sum(b => b.RollUp.Count));
        Assert.Equal(start + (RemovalStep * 2), Historian.RawFloor);
    }

    [Fact]
    public async Task A_reading_that_comes_after_its_time_was_removed_is_added_to_the_roll_up_once()
    {
        var start = Midnight();
        await Commit(Group(Reading(1, value: 1) with { Ts = start }, Reading(2, value: 3) with { Ts = start + TimeSpan.FromSeconds(10) }));
        await RemoveAll(start + (RemovalStep * 5));

        await Commit(Group(Reading(3, value: 8) with { Ts = start + TimeSpan.FromSeconds(20) }));
        var marked = Assert.Single(await Buckets(TimeSpan.FromMinutes(1))).RollUp;
        await Historian.RefreshRollUpsAsync(100, default);
        await Historian.RefreshRollUpsAsync(100, default);
        await RemoveAll(start + (RemovalStep * 6));

        var minute = Assert.Single(await Buckets(TimeSpan.FromMinutes(1))).RollUp;
        Assert.Equal((3, 12, 8), (minute.Count, minute.Sum, minute.Last));
        Assert.Equal(marked, minute);
        Assert.Equal(minute, Assert.Single(await Buckets(TimeSpan.FromDays(1))).RollUp);
    }

    [Fact]
    public async Task A_closed_and_opened_historian_tells_the_same()
    {
        await Commit(Group(Reading(1), Reading(2, value: 4, seconds: 70)));
        await Commit(Group(Gap(3, "e1", new SeqRange("e0", 1, 3))));
        await Historian.RefreshRollUpsAsync(1, default);
        var before = await HistorianDump.OfAsync(Historian);

        await Historian.DisposeAsync();
        Historian = await OpenAsync(_folder.Path, Clock);

        Assert.Equal(before, await HistorianDump.OfAsync(Historian));
        Assert.Equal(1, (await Commit(Group(Reading(2)))).Duplicates);
    }

    [Fact]
    public async Task Closed_twice_it_is_closed_once()
    {
        await Commit(Group(Reading(1)));

        await Historian.DisposeAsync();

        await Historian.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_counter_rises_over_a_reset_and_over_the_border_of_minutes()
    {
        double[] values = [100, 110, 120, 3, 8];
        await Commit(Group(values.Select((v, i) => Reading(i + 1, v, seconds: i * 30))));

        Assert.Equal(28, Assert.Single(await Buckets(TimeSpan.FromHours(1))).RollUp.Increase);
    }

    [Fact]
    public async Task A_clock_that_ran_ahead_does_not_hide_what_follows()
    {
        await Commit(Group(Reading(1, value: 1, seconds: 86400 * 300), Reading(2, value: 2)));

        Assert.Equal(2, Assert.Single(await Historian.ReadTagsAsync(default)).Latest!.Value);
    }

    [Fact]
    public async Task A_clock_that_stood_before_1970_costs_no_reading()
    {
        var early = Timestamp.Parse("1969-12-31T23:00:00Z");
        await Commit(Group(Reading(1) with { Ts = early }));
        await Historian.RefreshRollUpsAsync(100, default);

        Assert.Equal([1L], (await Historian.ReadRawAsync([1], early, early + TimeSpan.FromSeconds(1), 10, default)).Select(point => point.Seq));
    }

    [Fact]
    public async Task Dead_letters_are_kept_once_for_each_reason_and_go_when_they_are_removed()
    {
        var letters = (IDeadLetters)Historian;
        var first = Refusal(7) with { Origin = new("penstock.readings", 2, 99) };
        await Commit(Refused(first, first, first with { Reason = "another" }, Refusal(null, "other")));

        var page = await letters.ReadDeadLettersAsync(0, 2, default);
        var rest = await letters.ReadDeadLettersAsync(page[1].Id, 100, default);

        var (one, bytes) = (page[0], first.Bytes);
        Assert.Equal(("a1", "e1", 7L, "no record", first.Origin, true), (one.Agent, one.Epoch, one.Seq, one.Reason, one.Origin, one.IsWhole));
        Assert.Equal(bytes, one.Bytes);
        Assert.Equal("another", page[1].Reason);
        Assert.Null(Assert.Single(rest).Origin);
        Assert.Equal(1, await letters.RemoveDeadLettersAsync([one.Id, 12345], default));
        Assert.Equal(2, (await letters.ReadDeadLettersAsync(0, 100, default)).Count);
    }

    [Fact]
    public async Task Every_version_of_a_tag_is_told_from_when_it_was_first_known()
    {
        await Historian.SaveTagsAsync([Tag(), Tag() with { Ts = Noon + TimeSpan.FromHours(1) }], default);
        await Historian.SaveTagsAsync([Tag() with { Type = "bool", Unit = null, TagVersion = 2, Ts = Noon + TimeSpan.FromHours(2) }, Tag("t2")], default);

        var versions = await Historian.ReadTagVersionsAsync(await Ids("t1"), default);

        Assert.Equal([(1, "number", "V", Noon), (2, "bool", null, Noon + TimeSpan.FromHours(2))], versions.Select(v => (v.Version, v.Type, v.Unit, v.Since)));
    }

    private protected async Task<GroupVerdict> Commit(RecordGroup group) => Assert.Single((await Historian.CommitAsync([group], [], default)).Verdicts);

    private protected async Task<IReadOnlyList<RawPoint>> Raw(string tag = "t1") =>
        await Historian.ReadRawAsync(await Ids(tag), Noon - TimeSpan.FromDays(7), Noon + TimeSpan.FromDays(1), 100_000, default);

    private protected async Task<IReadOnlyList<Bucket>> Buckets(TimeSpan step, string tag = "t1") =>
        await Historian.ReadBucketsAsync(await Ids(tag), Noon - TimeSpan.FromDays(7), Noon + TimeSpan.FromDays(1), step, default);

    /// <summary>Five whole days before the clock's own.</summary>
    private protected static Timestamp Midnight() => Timestamp.Parse("2026-02-23T00:00:00Z");

    private protected async Task RemoveAll(Timestamp before)
    {
        while (await Historian.RemoveReadingsAsync(before, "retention", default) > 0)
        {
        }
    }

    private async Task<IReadOnlyList<int>> Ids(string tag) => await Historian.FindTagAsync(new("north", "meter", tag), default);

    private async Task<IReadOnlyList<GapRow>> Gaps(GapQuery query) => await Historian.ReadGapsAsync(query, default);

    private async Task<(long Stored, long Dropped)> LedgerOf(string epoch)
    {
        var row = Assert.Single(await Historian.ReadAgentsAsync("a1", default)).Ledger.Single(l => l.Epoch == epoch);
        return (row.Stored, row.Dropped);
    }
}
