using System.CommandLine;
using Npgsql;
using Penstock.Central.Commands;
using Penstock.Central.Historian;
using Penstock.Central.Historian.Postgres;
using Xunit;

namespace Penstock.UnitTests.Central;

/// <summary>What goes wrong with PostgreSQL names server and repair, and never the password.</summary>
public sealed class PostgresFailureTests
{
    [Theory]
    [InlineData(PostgresErrorCodes.InvalidPassword, "--historian-password")]
    [InlineData(PostgresErrorCodes.DiskFull, "free space")]
    [InlineData(PostgresErrorCodes.TooManyConnections, "max_connections")]
    [InlineData(PostgresErrorCodes.ReadOnlySqlTransaction, "Target Session Attributes=read-write")]
    [InlineData(PostgresErrorCodes.InsufficientPrivilege, "history roles")]
    public void A_refusal_of_the_server_names_the_repair(string state, string repair)
    {
        var error = Failures.Translate(new PostgresException("no", "ERROR", "ERROR", state), "db1, database penstock");

        Assert.Contains(repair, error.Message, StringComparison.Ordinal);
        Assert.Contains("db1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_and_the_password_is_not()
    {
        await using var server = new Server("Host=/nowhere;Database=penstock;Username=penstock", () => "s3cret-word");

        var error = await Assert.ThrowsAsync<HistorianException>(() => PostgresHistorian.OpenAsync(server, TimeProvider.System, default));

        Assert.Contains("/nowhere", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret-word", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_missing_or_read_only_is_refused_with_the_repair()
    {
        var database = await PostgresDatabases.NewAsync();
        var server = await PostgresDatabases.ServerAsync();
        await server.Sql("postgres", $"ALTER DATABASE {database} SET default_transaction_read_only = on");

        var missing = await Assert.ThrowsAsync<HistorianException>(() => PostgresDatabases.OpenAsync("nowhere", TimeProvider.System));
        var readOnly = await Assert.ThrowsAsync<HistorianException>(() => PostgresDatabases.OpenAsync(database, TimeProvider.System));

        Assert.Contains("createdb", missing.Message, StringComparison.Ordinal);
        Assert.Contains("read-only", readOnly.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--historian", "Host=a;Password=x")]
    [InlineData("--historian", "Host=a", "--historian-password", "x")]
    [InlineData("--historian", "Host=a", "--historian-password", "file:/nowhere")]
    [InlineData("--historian-password", "env:HOME")]
    [InlineData("--historian", "Hots=a")]
    [InlineData("--historian", "Database=a")]
    public void Wrong_options_end_with_the_code_of_wrong_usage(params string[] words)
    {
        var options = new HistorianOptions();
        var command = new RootCommand();
        options.AddTo(command);

        var error = Assert.Throws<StartException>(() => options.ServerOf(command.Parse(words)));

        Assert.Equal(ExitCode.WrongUsage, error.Code);
        Assert.DoesNotContain("Password=x", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_statements_for_the_roles_run_and_the_reader_reads_views_and_writes_nothing()
    {
        var database = await PostgresDatabases.NewAsync();
        var server = await PostgresDatabases.ServerAsync();
        await server.Sql(database, RolesCommand.Sql);

        await using var connection = new NpgsqlConnection(server.ConnectionString(database).Replace("Username=postgres", "Username=penstock_read", StringComparison.Ordinal));
        await connection.OpenAsync();
        await using var read = new NpgsqlCommand("SELECT (SELECT count(*) FROM values_per_day), (SELECT count(*) FROM values), (SELECT count(*) FROM increase_per_day('a/b/c', 'Europe/Berlin', now() - interval '1 week', now()))", connection);
        await using var timeout = new NpgsqlCommand("SHOW statement_timeout", connection);
        await using var write = new NpgsqlCommand("DELETE FROM readings", connection);

        Assert.Equal(0L, await read.ExecuteScalarAsync());
        Assert.Equal("30s", await timeout.ExecuteScalarAsync());
        await Assert.ThrowsAsync<PostgresException>(() => write.ExecuteNonQueryAsync());
    }
}
