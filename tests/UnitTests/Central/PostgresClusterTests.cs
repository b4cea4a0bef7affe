using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Central.Historian;
using Penstock.Central.Historian.Postgres;
using Penstock.Central.Live;
using Penstock.IntegrationTests.Kit;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

/// <summary>Several centres on one PostgreSQL.</summary>
public sealed class PostgresClusterTests : IAsyncLifetime
{
    private readonly List<IHistorian> _centres = [];
    private string _database = ""; // Set before each test by InitializeAsync.

    public async ValueTask InitializeAsync() => _database = await PostgresDatabases.NewAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var centre in _centres)
            await centre.DisposeAsync();
    }

    [Fact]
    public async Task The_same_records_written_by_all_centres_at_once_are_stored_once()
    {
        const int Readings = 3000;
        var centres = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Centre()));
        var groups = Enumerable.Range(0, 30).Select(g => Group(Enumerable.Range(g * 100, 100).Select(i => Reading(i + 1, i, i % 500, $"t{i % 7}", $"e{i % 3}")))).ToList();

        await Task.WhenAll(centres.Select(async (centre, n) =>
        {
            foreach (var group in new Random(n).GetItems<RecordGroup>([.. groups], 60).Concat(groups))
            {
                await centre.CommitAsync([group], [new("c", "t", 0, n)], default);
                await centre.RefreshRollUpsAsync(10, default);
            }
        }));

        var server = await PostgresDatabases.ServerAsync();
        Assert.Equal(Readings, await server.Scalar<long>(_database, "SELECT count(*) FROM penstock.readings"));
        Assert.Equal(Readings, Assert.Single(await centres[0].ReadAgentsAsync("a1", default)).Ledger.Sum(l => l.Stored));
        foreach (var centre in centres)
            await RefreshAll(centre);
        Assert.Equal(Readings, await server.Scalar<decimal>(_database, "SELECT sum(count) FROM penstock.rollups_day"));
        Assert.Equal(0, await server.Scalar<long>(_database, "SELECT count(*) FROM penstock.claims"));
    }

    [Fact]
    public async Task A_minute_is_marked_once_however_many_commits_touch_it_and_anew_after_it_was_rolled_up()
    {
        var centre = await Centre();
        foreach (var n in Enumerable.Range(1, 10))
            await centre.CommitAsync([Group(Reading(n, seconds: n))], [], default);
        Assert.Equal(1, await Marks());

        await RefreshAll(centre);
        Assert.Equal(0, await Marks());

        await centre.CommitAsync([Group(Reading(11, seconds: 11))], [], default);
        await RefreshAll(centre);
        Assert.Equal(11, await RolledUp());
    }

    [Fact]
    public async Task The_marks_of_a_centre_that_lives_are_left_to_it_and_those_of_one_that_ended_are_taken_over()
    {
        var (first, second) = (await Centre(), await Centre());
        await first.CommitAsync([Group(Reading(1))], [], default);
        await RefreshAll(second);
        Assert.Equal(1, await Marks());

        _centres.Remove(first);
        await first.DisposeAsync();
        await RefreshAll(await Centre());
        Assert.Equal((0, 1), (await Marks(), await RolledUp()));
    }

    [Fact]
    public async Task What_a_centre_removes_is_rolled_up_before_also_where_another_has_marked_it()
    {
        var (first, second) = (await Centre(), await Centre());
        await first.CommitAsync([Group(Reading(1), Reading(2, seconds: 1))], [], default);

        Assert.Equal(2, await second.RemoveReadingsAsync(Noon + TimeSpan.FromDays(2), "retention", default));
        await RefreshAll(first);

        Assert.Equal(2, await RolledUp());
    }

    [Fact]
    public async Task What_one_centre_stores_another_knows_at_once()
    {
        var (first, second) = (await Centre(), await Centre());
        await first.CommitAsync([Group(Reading(1), Reading(2, tag: "t2"))], [], default);

        var outcome = await second.CommitAsync([Group(Reading(1, value: 9), Reading(3, tag: "t2"))], [], default);

        Assert.Equal((1, 1), (outcome.Verdicts[0].Stored, outcome.Verdicts[0].Duplicates));
        Assert.Empty(outcome.NewTags);
        Assert.Equal(2, await (await PostgresDatabases.ServerAsync()).Scalar<long>(_database, "SELECT count(*) FROM penstock.tags"));
    }

    [Fact]
    public async Task A_page_shows_what_another_centre_commits_also_after_its_connection_was_cut()
    {
        var (here, there) = (await Centre(), await Centre());
        var board = new LiveBoard(TimeProvider.System);
        using var follower = new LiveFollower((IChangeFeed)here, board, TimeProvider.System, NullLogger<LiveFollower>.Instance);
        await follower.StartAsync(default);

        await there.CommitAsync([Group(Reading(1, value: 5)), Group(Gap(2))], [], default);
        await Until.True("the value of the other centre is shown", () => ValueOf(board) == 5);
        await Until.True("its gap is told", () => board.Take().Changes.Gaps.Count == 1);

        var server = await PostgresDatabases.ServerAsync();
        await server.Sql(_database, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_database}' AND pid <> pg_backend_pid()");
        await Until.True("the other centre goes on", async () =>
        {
            try
            {
                await there.CommitAsync([Group(Reading(3, value: 6, seconds: 1))], [], default);
                return true;
            }
            catch (HistorianException)
            {
                return false;
            }
        });
        await Until.True("the value after the cut is shown", () => ValueOf(board) == 6);
        Assert.Empty(board.Take().Changes.Gaps);
        await follower.StopAsync(default);
    }

    [Fact]
    public async Task Centres_that_start_together_on_an_empty_database_make_one_schema()
    {
        var server = await PostgresDatabases.ServerAsync();
        await server.Sql(_database, "DROP SCHEMA penstock CASCADE");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Centre()));

        Assert.Equal(Schema.Current, await server.Scalar<long>(_database, "SELECT count(*) FROM penstock.schema_versions"));
    }

    [Fact]
    public async Task A_schema_of_somebody_else_and_a_newer_one_are_refused_by_name()
    {
        var server = await PostgresDatabases.ServerAsync();
        await server.Sql(_database, "INSERT INTO penstock.schema_versions VALUES (99, now())");
        var newer = await Assert.ThrowsAsync<HistorianException>(Centre);
        await server.Sql(_database, "DROP SCHEMA penstock CASCADE; CREATE SCHEMA penstock; CREATE TABLE penstock.orders (x int)");
        var foreign = await Assert.ThrowsAsync<HistorianException>(Centre);

        Assert.Contains("version 99", newer.Message, StringComparison.Ordinal);
        Assert.Contains("orders", foreign.Message, StringComparison.Ordinal);
        Assert.Equal(1, await server.Scalar<long>(_database, "SELECT count(*) FROM pg_class WHERE relnamespace = 'penstock'::regnamespace"));
    }

    [Fact]
    public async Task Marks_of_the_schema_before_are_rolled_up_and_a_centre_of_before_finds_no_table_for_its_own()
    {
        var before = await Centre();
        await before.CommitAsync([Group(Reading(1))], [], default);
        _centres.Remove(before);
        await before.DisposeAsync();
        var server = await PostgresDatabases.ServerAsync();
        await server.Sql(
            _database,
            """
            DELETE FROM penstock.schema_versions WHERE version = 3;
            ALTER TABLE penstock.minute_marks DROP COLUMN owner;
            ALTER INDEX penstock.minute_marks_by_tag RENAME TO outdated_minutes_by_tag;
            ALTER TABLE penstock.minute_marks RENAME TO outdated_minutes;
            DROP SEQUENCE penstock.mark_owners;
            """);

        await RefreshAll(await Centre());

        Assert.Equal((0, 1), (await Marks(), await RolledUp()));
        Assert.True(await server.Scalar<bool>(_database, "SELECT to_regclass('penstock.outdated_minutes') IS NULL"));
    }

    private async Task<long> Marks() => await (await PostgresDatabases.ServerAsync()).Scalar<long>(_database, "SELECT count(*) FROM penstock.minute_marks");

    private async Task<decimal> RolledUp() => await (await PostgresDatabases.ServerAsync()).Scalar<decimal>(_database, "SELECT sum(count) FROM penstock.rollups_day");

    private static double? ValueOf(LiveBoard board) => board.Tags() is [var tag, ..] ? tag.Latest?.Value : null;

    private static async Task RefreshAll(IHistorian centre)
    {
        while (await centre.RefreshRollUpsAsync(1000, default) > 0)
        {
        }
    }

    private async Task<IHistorian> Centre()
    {
        var centre = await PostgresDatabases.OpenAsync(_database, TimeProvider.System);
        lock (_centres)
            _centres.Add(centre);
        return centre;
    }
}
