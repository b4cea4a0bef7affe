using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Penstock.Central.Historian;
using Penstock.Central.Historian.Postgres;
using Penstock.Central.Historian.Sqlite;
using Penstock.Central.Verify;
using Penstock.Contracts;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

/// <summary>The proof finds what is planted, and accepts what is explained, whatever engine the historian has.</summary>
public abstract class VerifyContract : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(Noon.ToDateTimeOffset() + TimeSpan.FromHours(6));
    private IHistorian _historian = null!; // Set before each test by InitializeAsync.

    private protected abstract Task<IHistorian> OpenAsync(TimeProvider clock);

    private protected abstract IHoldingsReader Holdings { get; }

    /// <summary>One microsecond after the column <c>ts</c>, in SQL.</summary>
    private protected abstract string Later { get; }

    private protected abstract Task Sql(string sql);

    public async ValueTask InitializeAsync() => _historian = await OpenAsync(_clock);

    public virtual async ValueTask DisposeAsync()
    {
        await _historian.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_whole_epoch_is_clean()
    {
        await Commit(Group(Numbers(1, 5000)), Group(Gap(5001)));
        await Beat("e1", last: 5001);

        var verdict = Assert.Single(await Verify());

        Assert.True(verdict.IsClean);
        Assert.Equal((5001, 5001, 0), (verdict.Numbered, verdict.Stored, verdict.Waiting));
    }

    [Fact]
    public async Task A_row_that_vanished_is_lost_and_named()
    {
        await Commit(Group(Numbers(1, 100)));
        await Sql("DELETE FROM readings WHERE seq IN (17, 60)");

        var verdict = Assert.Single(await Verify());

        Assert.Equal((2, 0, 0), (verdict.Lost, verdict.Double, verdict.Unexplained));
        Assert.Equal([17L, 60], verdict.Findings.Select(finding => finding.From));
    }

    [Fact]
    public async Task A_number_that_stands_in_two_rows_is_double()
    {
        await Commit(Group(Numbers(1, 100)));
        await Sql($"INSERT INTO readings (tag, ts, epoch, seq, value, unit, q, clock, late, committed) SELECT tag, {Later}, epoch, seq, value, unit, q, clock, late, committed FROM readings WHERE seq = 9");
        await Sql("INSERT INTO events (epoch, seq, ts, event, site, device, json, committed) SELECT epoch, seq, ts, 'x', 'north', NULL, '{}', committed FROM readings WHERE seq = 50");

        var verdict = Assert.Single(await Verify());

        Assert.Equal((0, 2, 0), (verdict.Lost, verdict.Double, verdict.Unexplained));
    }

    [Fact]
    public async Task A_row_without_its_place_in_the_ledger_is_unexplained()
    {
        await Commit(Group(Numbers(1, 100)));
        await Forget(100);

        var verdict = Assert.Single(await Verify());

        Assert.Equal((0, 0, 1), (verdict.Lost, verdict.Double, verdict.Unexplained));
    }

    [Fact]
    public async Task What_retention_removed_is_explained_and_a_loss_beside_it_is_not()
    {
        await Commit(Group(Numbers(1, 100)), Group(Reading(101, seconds: 2 * 86400)));
        while (await _historian.RemoveReadingsAsync(Noon + TimeSpan.FromDays(1.5), "retention", default) > 0)
        {
        }

        var removed = Assert.Single(await Verify());
        await Sql("DELETE FROM readings");
        var lost = Assert.Single(await Verify());

        Assert.True(removed.IsClean);
        Assert.Equal((100, 1), (removed.Removed, removed.Stored));
        Assert.Equal(1, lost.Lost);
    }

    [Fact]
    public async Task What_the_agent_is_done_with_and_the_historian_never_had_is_lost()
    {
        await Commit(Group(Numbers(1, 10)), Group(Numbers(14, 20)));
        await Beat("e1", last: 30, waiting: 26);

        var verdict = Assert.Single(await Verify());

        Assert.Equal((8, 5), (verdict.Lost, verdict.Waiting));
        Assert.Equal([(11L, 13L), (21, 25)], verdict.Findings.Select(finding => (finding.From, finding.To)));
    }

    [Fact]
    public async Task What_only_just_could_have_arrived_is_waited_for()
    {
        await Commit(Group(Numbers(1, 10)), Group(Numbers(14, 20)));
        await Beat("e1", last: 20);

        var verdict = Assert.Single(await Verify(after: TimeSpan.FromSeconds(5)));

        Assert.Equal((0, 3), (verdict.Lost, verdict.Waiting));
    }

    [Fact]
    public async Task A_hole_without_a_word_of_the_agent_is_unexplained()
    {
        await Commit(Group(Numbers(1, 10)), Group(Numbers(14, 20)));

        Assert.Equal(3, Assert.Single(await Verify()).Unexplained);
    }

    [Fact]
    public async Task Numbers_never_accepted_before_a_kill_are_covered_by_its_gap()
    {
        await Commit(Group(Numbers(1, 10)), Group(Numbers(14, 20)));
        await Commit(Group(Gap(1, "e2") with { Gap = new() { From = Noon + TimeSpan.FromSeconds(12), To = Noon + TimeSpan.FromSeconds(30), Cause = GapCauses.UncleanStop } }));
        await Beat("e2", last: 1);

        var verdict = (await Verify())[0];

        Assert.Equal((0, 0, 3), (verdict.Lost, verdict.Unexplained, verdict.NeverAccepted));
    }

    [Fact]
    public async Task A_gap_of_another_time_covers_nothing()
    {
        await Commit(Group(Numbers(1, 10)), Group(Numbers(14, 20)));
        await Commit(Group(Gap(1, "e2") with { Gap = new() { From = Noon + TimeSpan.FromSeconds(19), To = Noon + TimeSpan.FromSeconds(30), Cause = GapCauses.UncleanStop } }));
        await Beat("e2", last: 1);

        Assert.Equal(3, (await Verify())[0].Lost);
    }

    [Fact]
    public async Task Dropped_numbers_are_explained_by_the_gap_that_names_them_and_by_nothing_else()
    {
        await Commit(Group(Numbers(1, 10)), Group(Gap(21, "e1", new SeqRange("e1", 11, 20))));
        var explained = Assert.Single(await Verify());
        await Sql("UPDATE gaps SET numbers = NULL");
        var silent = Assert.Single(await Verify());

        Assert.True(explained.IsClean);
        Assert.Equal(10, explained.Dropped);
        Assert.Equal(10, silent.Unexplained);
    }

    [Fact]
    public async Task An_epoch_of_which_nothing_arrived_is_told()
    {
        await Beat("e7", last: 12, waiting: 3);

        var verdict = Assert.Single(await Verify());

        Assert.Equal((12, 2, 10), (verdict.Numbered, verdict.Lost, verdict.Waiting));
    }

    private static IEnumerable<Reading> Numbers(long from, long to)
    {
        for (var seq = from; seq <= to; seq++)
            yield return Reading(seq, seconds: seq, tag: $"t{seq % 7}");
    }

    private async Task<IReadOnlyList<EpochVerdict>> Verify(TimeSpan? after = null)
    {
        _clock.Advance(after ?? TimeSpan.FromMinutes(5));
        return await new Audit(_clock, TimeSpan.FromSeconds(60)).RunAsync(Holdings, () => { }, default);
    }

    private async Task Commit(params RecordGroup[] groups) => await _historian.CommitAsync(groups, [], default);

    private async Task Beat(string epoch, long last, long? waiting = null)
    {
        var beat = new Heartbeat
        {
            Agent = "a1",
            Site = "north",
            Ts = Timestamp.Now(_clock),
            Started = Noon,
            IntervalSeconds = 5,
            Version = "1",
            Epoch = epoch,
            Epochs = [new(epoch, last, waiting)],
        };
        await _historian.SaveHeartbeatAsync(beat, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(beat, ContractsJson.Wire.Heartbeat)), default);
    }

    // PostgreSQL keeps the newest marks as claims.
    private protected abstract Task Forget(long lastNumber);
}

public sealed class SqliteVerifyTests : VerifyContract
{
    private readonly TempFolder _folder = new();

    private protected override IHoldingsReader Holdings => new SqliteHoldings(File);

    private protected override string Later => "ts + 1";

    private string File => Path.Combine(_folder.Path, "history.db");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override Task<IHistorian> OpenAsync(TimeProvider clock) => Task.FromResult<IHistorian>(new SqliteHistorian(File, clock));

    private protected override Task Forget(long lastNumber) => Sql($"UPDATE ledger SET to_seq = {lastNumber - 1}");

    private protected override async Task Sql(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        await connection.OpenAsync();
        connection.Run(sql);
    }
}

public sealed class PostgresVerifyTests : VerifyContract
{
    private string _database = "";
    private string _connection = "";

    private protected override IHoldingsReader Holdings => new PostgresHoldings(new Server(_connection));

    private protected override string Later => "ts + interval '1 microsecond'";

    private protected override async Task<IHistorian> OpenAsync(TimeProvider clock)
    {
        _database = await PostgresDatabases.NewAsync();
        _connection = (await PostgresDatabases.ServerAsync()).ConnectionString(_database);
        return await PostgresDatabases.OpenAsync(_database, clock);
    }

    private protected override Task Forget(long lastNumber) => Sql($"UPDATE claims SET to_seq = {lastNumber - 1}");

    private protected override async Task Sql(string sql) => await (await PostgresDatabases.ServerAsync()).Sql(_database, "SET search_path = penstock; " + sql);
}

public sealed class NumberSetTests
{
    [Fact]
    public void A_number_set_counts_like_a_plain_set()
    {
        var random = new Random(1);
        var numbers = Enumerable.Range(0, 20_000).Select(_ => random.NextInt64(1, 30_000)).Append(long.MaxValue - 1).ToList();
        var plain = numbers.ToHashSet();
        var set = new NumberSet();
        foreach (var number in numbers)
            set.Add(number);

        Assert.Equal(plain.Count, set.Count);
        Assert.All(Enumerable.Range(0, 200), _ =>
        {
            var (from, to) = (random.NextInt64(1, 30_000), random.NextInt64(1, 30_000));
            Assert.Equal(plain.Count(number => number >= from && number <= to), set.CountBetween(from, to));
        });
        Assert.Equal(plain.Count, set.CountBetween(1, long.MaxValue - 1));
    }
}
