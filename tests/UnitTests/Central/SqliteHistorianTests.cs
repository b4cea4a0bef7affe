using Microsoft.Data.Sqlite;
using Penstock.Central.Historian;
using Penstock.Central.Historian.Sqlite;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

public sealed class SqliteHistorianTests : HistorianContract
{
    private string File => Path.Combine(Folder, "history.db");

    private protected override ValueTask<IHistorian> OpenAsync(string folder, TimeProvider clock) =>
        ValueTask.FromResult<IHistorian>(new SqliteHistorian(Path.Combine(folder, "history.db"), clock));

    [Fact]
    public async Task A_commit_that_fails_leaves_nothing_and_the_same_group_can_be_offered_again()
    {
        await Commit(Group(Reading(1)));
        Sql("CREATE TRIGGER broken BEFORE INSERT ON readings WHEN NEW.seq = 3 BEGIN SELECT RAISE(ABORT, 'broken'); END");
        var group = Group(Reading(2), Reading(3), Reading(4, tag: "t9"));

        await Assert.ThrowsAsync<HistorianException>(async () => await Commit(group));
        var between = (await Raw()).Count;
        Sql("DROP TRIGGER broken");
        var verdict = await Commit(group);

        Assert.Equal(1, between);
        Assert.Equal((3, 0), (verdict.Stored, verdict.Duplicates));
        Assert.Equal(2, (await Historian.ReadTagsAsync(default)).Count);
    }

    [Fact]
    public async Task A_commit_that_fails_outside_of_the_database_leaves_nothing_and_the_same_group_can_be_offered_again()
    {
        var group = Group(Reading(1), Reading(2, tag: "t9"));

        await Assert.ThrowsAsync<NullReferenceException>(async () => await Historian.CommitAsync([group, null!], [], default)); // The second cannot be written.
        var between = (await Raw()).Count;
        var verdict = await Commit(group);

        Assert.Equal(0, between);
        Assert.Equal((2, 0), (verdict.Stored, verdict.Duplicates));
        Assert.Single(await Raw());
    }

    [Fact]
    public async Task The_highest_number_there_is_stops_nothing()
    {
        await Commit(Group(Reading(long.MaxValue)));
        await Commit(Group(Gap(2, "e1", new Penstock.Contracts.SeqRange("e1", 3, long.MaxValue))));

        var verdict = await Commit(Group(Reading(1)));

        Assert.Equal((1, 0), (verdict.Stored, verdict.Duplicates));
        Assert.Equal(["1-2 3", $"3-{long.MaxValue - 2} 1", $"{long.MaxValue - 1}-{long.MaxValue - 1} 3"], LedgerRows("e1"));
    }

    [Fact]
    public async Task The_ledger_table_equals_the_ledger_after_splits_and_joins()
    {
        await Commit(Group(Gap(1, "e2", new Penstock.Contracts.SeqRange("e1", 1, 9))));
        await Commit(Group(Reading(5)));
        await Commit(Group(Reading(4), Reading(6)));

        Assert.Equal(["1-3 1", "4-6 3", "7-9 1"], LedgerRows("e1"));
        await Commit(Group(Enumerable.Range(1, 9).Select(i => Reading(i))));
        Assert.Equal(["1-9 3"], LedgerRows("e1"));
    }

    [Fact]
    public async Task A_backup_taken_while_open_is_a_history_of_its_own()
    {
        await Commit(Group(Reading(1), Reading(2, seconds: 1)));
        var before = await HistorianDump.OfAsync(Historian);

        Backup.Run(File, Path.Combine(Folder, "copy.db"));
        await Commit(Group(Reading(3)));

        await using var copy = new SqliteHistorian(Path.Combine(Folder, "copy.db"), Clock);
        Assert.Equal(before, await HistorianDump.OfAsync(copy));
    }

    [Fact]
    public async Task Every_commit_is_synced()
    {
        await Commit(Group(Reading(1)));

        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        Assert.Equal("wal", connection.Scalar<string>("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task A_removal_is_recorded()
    {
        await Commit(Group(Reading(1), Reading(2, seconds: 200)));

        await RemoveAll(Noon + TimeSpan.FromMinutes(1));

        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        Assert.Equal(
            [("retention", "readings", 1L)],
            connection.Rows(r => (r.GetString(0), r.GetString(1), r.GetInt64(2)), "SELECT cause, what, count FROM removals"));
    }

    [Fact]
    public async Task Dead_letters_are_bounded_in_number_and_size()
    {
        await Commit(Refused(Enumerable.Range(0, DeadLetter.MaxRows + 50).Select(i => Refusal(null, new string('x', 20_000) + i))));

        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        Assert.Equal(DeadLetter.MaxRows, connection.Scalar<long>("SELECT count(*) FROM dead_letters"));
        Assert.Equal(DeadLetter.MaxBytes, connection.Scalar<long>("SELECT max(length(bytes)) FROM dead_letters"));
    }

    private List<string> LedgerRows(string epoch)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection.Rows(
            r => $"{r.GetInt64(0)}-{r.GetInt64(1)} {r.GetInt64(2)}",
            "SELECT from_seq, to_seq, state FROM ledger l JOIN epochs e ON e.id = l.epoch WHERE e.epoch = $epoch ORDER BY from_seq", ("$epoch", epoch));
    }

    private void Sql(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        connection.Run(statement);
    }
}

public sealed class SqliteHistorianOrderTests : HistorianOrderContract
{
    private protected override ValueTask<IHistorian> OpenAsync(string folder, TimeProvider clock) =>
        ValueTask.FromResult<IHistorian>(new SqliteHistorian(Path.Combine(folder, "history.db"), clock));
}
