using Penstock.Central.Historian;
using Penstock.Contracts;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

public sealed class PostgresHistorianTests : HistorianContract
{
    private string? _database;

    private protected override TimeSpan RemovalStep => TimeSpan.FromDays(1);

    private protected override async ValueTask<IHistorian> OpenAsync(string folder, TimeProvider clock) =>
        await PostgresDatabases.OpenAsync(_database ??= await PostgresDatabases.NewAsync(), clock);

    [Fact]
    public async Task A_commit_that_fails_leaves_nothing_and_the_same_group_can_be_offered_again()
    {
        await Commit(Group(Reading(1)));
        await Sql(
            """
            CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
            CREATE TRIGGER broken BEFORE INSERT ON penstock.claims FOR EACH ROW EXECUTE FUNCTION broken();
            """);
        var group = Group(Reading(2), Reading(3), Reading(4, tag: "t9"));

        var error = await Assert.ThrowsAsync<HistorianException>(async () => await Commit(group));
        var between = (await Raw()).Count;
        await Sql("DROP TRIGGER broken ON penstock.claims");
        var verdict = await Commit(group);

        Assert.Contains("broken", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, between);
        Assert.Equal((3, 0), (verdict.Stored, verdict.Duplicates));
        Assert.Equal(2, (await Historian.ReadTagsAsync(default)).Count);
    }

    [Fact]
    public async Task A_reading_whose_clock_was_not_trusted_outlives_its_day_until_its_own_retention_is_over()
    {
        var start = Midnight();
        await Commit(Group(Reading(1) with { Ts = start, Clock = ClockState.Unsynced }, Reading(2) with { Ts = start }));

        await RemoveAll(start + TimeSpan.FromDays(2));
        var kept = (await Raw()).Select(p => p.Seq).ToList();
        await RemoveAll(Timestamp.Now(Clock) + TimeSpan.FromMinutes(1));

        Assert.Equal([1L], kept);
        Assert.Empty(await Raw());
        Assert.Equal(2, Assert.Single(await Buckets(TimeSpan.FromDays(1))).RollUp.Count);
    }

    [Fact]
    public async Task A_reading_from_the_future_moves_to_its_day_when_the_day_comes()
    {
        await Commit(Group(Reading(1, seconds: 86_400 * 20)));
        Clock.Advance(TimeSpan.FromDays(19));

        await Commit(Group(Reading(2, seconds: (86_400 * 20) + 1)));

        var ids = await Historian.FindTagAsync(new("north", "meter", "t1"), default);
        Assert.Equal(2, (await Historian.ReadRawAsync(ids, Noon, Noon + TimeSpan.FromDays(30), 10, default)).Count);
        Assert.Equal(2, await (await PostgresDatabases.ServerAsync()).Scalar<long>(_database!, "SELECT count(*) FROM penstock.readings_20260321"));
    }

    [Fact]
    public async Task A_row_that_the_ledger_does_not_know_yet_is_met_and_stays_one()
    {
        await Commit(Group(Reading(1, value: 5)));
        await Sql("DELETE FROM penstock.claims; DELETE FROM penstock.ledger");

        await Commit(Group(Reading(1, value: 5), Reading(2, value: 6, seconds: 1)));

        Assert.Equal([5, 6], (await Raw()).Select(p => p.Value));
        Assert.Equal(6, Assert.Single(await Historian.ReadTagsAsync(default)).Latest!.Value);
    }

    [Fact]
    public async Task Texts_that_PostgreSQL_cannot_hold_are_stored_with_a_mark()
    {
        await Commit(Group(Reading(1) with { Value = null, Text = "a\0b" }));

        Assert.Equal("a\uFFFDb", Assert.Single(await Raw()).Text);
    }

    [Fact]
    public async Task The_first_and_the_last_moment_there_is_are_moments_like_others()
    {
        var (first, last) = (Timestamp.Parse("0001-01-01T00:00:00Z"), Timestamp.Parse("9999-12-31T23:59:59.999998Z"));
        await Commit(Group(Reading(1) with { Ts = first }, Reading(2) with { Ts = last }));
        while (await Historian.RefreshRollUpsAsync(100, default) > 0)
        {
        }

        var ids = await Historian.FindTagAsync(new("north", "meter", "t1"), default);
        Assert.Equal([first, last], (await Historian.ReadRawAsync(ids, new(long.MinValue), new(long.MaxValue), 10, default)).Select(p => p.Ts));
    }

    private async Task Sql(string sql) => await (await PostgresDatabases.ServerAsync()).Sql(_database!, sql);
}

public sealed class PostgresHistorianOrderTests : HistorianOrderContract
{
    private string? _database;

    // Every commit is synced to a real disk.
    private protected override int Stories => 6;

    private protected override async ValueTask<IHistorian> OpenAsync(string folder, TimeProvider clock)
    {
        _database ??= await PostgresDatabases.NewAsync();
        await (await PostgresDatabases.ServerAsync()).Sql(
            _database,
            """
            DO $$ BEGIN EXECUTE (SELECT 'TRUNCATE ' || string_agg(oid::regclass::text, ', ') || ' RESTART IDENTITY' FROM pg_class
                WHERE relnamespace = 'penstock'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'schema_versions'); END $$
            """);
        return await PostgresDatabases.OpenAsync(_database, clock);
    }
}
