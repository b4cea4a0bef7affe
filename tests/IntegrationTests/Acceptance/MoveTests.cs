using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Npgsql;
using Penstock.IntegrationTests.Faults;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Acceptance;

/// <summary>
/// The plant of the demo moves from the embedded centre to PostgreSQL by the commands of the README, word for word, with the
/// roles they make. The agent reads on all the time. Judged by SQL on both sides.
/// </summary>
[Collection(Alone.Name)]
public sealed partial class MoveTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_filled_plant_moves_to_PostgreSQL_with_equal_counts_and_check_sums_and_goes_on_there()
    {
        Needs.Postgres();
        await using var wire = new LinkProxy();
        await using var plant = await SimulatedPlant.Start(Repository.Path("deploy/demo/site.yaml"), _folder["site.yaml"]);
        ChangeSite(text => text.Replace("http://127.0.0.1:8420", wire.Address, StringComparison.Ordinal));
        await using var agent = await Fill(wire);
        var before = await HistorySums.OfFile(HistoryDatabase);
        await using var server = await PostgresServer.Start();
        await MakeRoles(server);

        var exported = await Step(server, "history export");
        await Step(server, "history import");
        var checksums = await Step(server, "history checksum");
        var after = await HistorySums.OfServer(server.ConnectionString("penstock"));

        output.WriteLine(string.Join('\n', after));
        Assert.Equal(before, after);
        Assert.Equal(exported, checksums);
        await using var centre = await Centre.Start(_folder["centre"], 0, Words(server, "run").SkipWhile(word => word != "--historian"));
        await GoesOn(centre, wire);
        agent.Program.Term();
        Assert.Equal(0, await agent.Program.End());
        await NothingLostNothingDouble(server);
    }

    private string HistoryDatabase => _folder["centre/history.db"];

    /// <summary>
    /// The embedded centre with two runs of the agent, a kill between them, a tag whose unit changed, and everything rolled up;
    /// then stopped. The agent reads on.
    /// </summary>
    private async Task<Agent> Fill(LinkProxy wire)
    {
        await using var centre = await Centre.Start(_folder["centre"]);
        wire.Target = centre.Port;
        await using (var first = await Agent.Start(_folder["site.yaml"], _folder["agent"]))
        {
            await Until.True("the history fills", () => Scalar("SELECT count(*) FROM readings") > 1000);
            await first.Program.Kill();
        }

        InFahrenheit("hall-climate-east");
        var agent = await Agent.Start(_folder["site.yaml"], _folder["agent"]);
        await Until.True("both units are there", () => Scalar("SELECT count(*) FROM tag_versions WHERE version = 2") == 1);
        await Until.True("the history is filled", () => Scalar("SELECT count(*) FROM readings") > 3000);
        wire.Target = 0;
        wire.Set(Wire.Cut);
        await Until.True("the last minute is rolled up", () => Scalar("SELECT count(*) FROM outdated_minutes") == 0, TimeSpan.FromSeconds(90));
        centre.Program.Term();
        Assert.Equal(0, await centre.Program.End());
        return agent;
    }

    private void InFahrenheit(string device)
    {
        var profile = File.ReadAllText(Repository.Path("hardware-profiles/xy/xy-md02.yaml"));
        _folder.Write("hardware-profiles/room-climate.yaml", profile.Replace("id: xy-md02", "id: room-climate", StringComparison.Ordinal).Replace("°C", "°F", StringComparison.Ordinal));
        ChangeSite(text => text.Replace($"name: {device}, profile: xy-md02", $"name: {device}, profile: room-climate", StringComparison.Ordinal));
    }

    private void ChangeSite(Func<string, string> change)
    {
        var text = File.ReadAllText(_folder["site.yaml"]);
        var changed = change(text);
        Assert.NotEqual(text, changed);
        File.WriteAllText(_folder["site.yaml"], changed);
    }

    /// <summary>The database and its roles as the README makes them; the password is asked for, as over a network.</summary>
    private async Task MakeRoles(PostgresServer server)
    {
        await server.Sql("postgres", "CREATE DATABASE penstock");
        await server.Sql("penstock", await Step(server, "history roles"));
        await server.Sql("penstock", "ALTER ROLE penstock_ingest PASSWORD 'of the centres'; ALTER ROLE penstock_read PASSWORD 'of the dashboards'");
        _folder.Write("password", "of the centres\n");
        var access = Path.Combine(server.Data, "pg_hba.conf");
        File.WriteAllText(access, "local all penstock_ingest,penstock_read scram-sha-256\n" + File.ReadAllText(access));
        await server.Sql("postgres", "SELECT pg_reload_conf()");
    }

    private async Task<string> Step(PostgresServer server, string command)
    {
        var ended = await RunningProgram.Run(Repository.Central, Words(server, command));
        Assert.True(ended.ExitCode == 0, $"{command}: {ended.Output}");
        return ended.Output;
    }

    /// <summary>The words of a command as the README has it, with the test's folders, server and password file put in.</summary>
    private IEnumerable<string> Words(PostgresServer server, string command)
    {
        var section = File.ReadAllText(Repository.Path("README.md")).Split("## From one machine to a cluster")[1];
        var line = section.Split('\n').First(text => text.StartsWith($"penstock-central {command}", StringComparison.Ordinal));
        return Word().Matches(line.Split('#', '|')[0]).Skip(1).Select(word => word.Value.Trim('"')
            .Replace("/var/lib/penstock-central", _folder["centre"], StringComparison.Ordinal)
            .Replace("./moved", _folder["moved"], StringComparison.Ordinal)
            .Replace("Host=db1", $"Host={server.Host}", StringComparison.Ordinal)
            .Replace("/etc/penstock/db", _folder["password"], StringComparison.Ordinal));
    }

    private static async Task GoesOn(Centre centre, LinkProxy wire)
    {
        wire.Target = centre.Port;
        wire.Set(Wire.Passes);
        var back = TimeProvider.System.GetUtcNow();
        await Until.True("what waited during the move has arrived", async () =>
            (await centre.Agents())[0]["heartbeat"] is { } heartbeat && Point.Moment(heartbeat["ts"]!) > back
            && (heartbeat["outbox"]!["oldest"] is not { } oldest || Point.Moment(oldest) > back));
    }

    private async Task NothingLostNothingDouble(PostgresServer server)
    {
        const string holes =
            """
            SELECT count(*) FROM (
                SELECT epoch, count(*), count(DISTINCT seq) AS different, max(seq) AS last
                FROM (SELECT epoch, seq FROM penstock.readings UNION ALL SELECT epoch, seq FROM penstock.events) rows GROUP BY epoch) epochs
            WHERE count <> different OR different <> last
            """;
        Assert.Equal(0, await server.Scalar<long>("penstock", holes));
        Assert.Equal(2, await server.Scalar<long>("penstock", "SELECT count(*) FROM penstock.epochs"));
        var (exitCode, proof) = await LoadRun.Verify(Words(server, "history checksum").Skip(2));
        Assert.True(exitCode == 0, proof.ToJsonString());
        Assert.Equal(0L, proof["lost"]!.GetValue<long>() + proof["double"]!.GetValue<long>() + proof["unexplained"]!.GetValue<long>());

        // The role of the dashboards reads what the centres made.
        var dashboard = server.ConnectionString("penstock").Replace("Username=postgres", "Username=penstock_read", StringComparison.Ordinal);
        await using var connection = new NpgsqlConnection(dashboard + ";Password=of the dashboards");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM current_values", connection);
        Assert.True((long)(await command.ExecuteScalarAsync())! > 0); // count is never null
    }

    private long Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={HistoryDatabase};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("\"[^\"]*\"|[^ ]+")]
    private static partial Regex Word();
}
