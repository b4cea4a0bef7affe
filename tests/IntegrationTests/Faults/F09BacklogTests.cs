using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>
/// F9: the brokers were away for long. What the agent kept goes through three brokers into PostgreSQL while the plant is read on;
/// told: how late live readings came meanwhile, how much faster than live the past came, and the agent's memory.
/// </summary>
[Collection(Alone.Name)]
public sealed class F09BacklogTests(ITestOutputHelper output)
{
    private const string Site = "plant";
    private const int TagsOfADevice = 100;
    private static readonly string Filler = Repository.Path("artifacts/build/bin/OutboxFiller/release/Penstock.OutboxFiller");
    private static readonly string Published = Repository.Path("artifacts/publish/linux-x64/penstock");

    [Fact]
    public async Task F9_a_long_backlog_is_delivered_whole_beside_live_data()
    {
        Needs.Kafka();
        Needs.Postgres();
        var devices = FaultSize.Of(5, 50, 50);
        using var folder = new TempFolder();
        var filled = await Fill(folder, devices, megabytes: FaultSize.Of(5, 100, 1000));
        await using var kafka = await KafkaServer.Start(FaultSize.Of(1, 3, 3));
        // Room for the log of five minutes, so that checkpoints come by time and are spread. At full size, one run each: the longest
        // live delay was 4.40 s with 4 GB, 1.96 s so.
        await using var database = await PostgresServer.Start("shared_buffers=512MB", "max_wal_size=16GB", "wal_compression=on");
        await database.Sql("postgres", "CREATE DATABASE history");
        var applied = await RunningProgram.Run(Repository.Central, "topics", "apply", "--kafka", kafka.Bootstrap);
        Assert.True(applied.ExitCode == 0, applied.Output);
        string[] historian = ["--historian", $"Host={database.Host};Username=postgres;Database=history"];
        await using var centre = await Centre.Start(folder["centre"], more: ["--kafka", kafka.Bootstrap, .. historian]);
        await using var plant = await StartPlant(folder, devices, kafka.Bootstrap);

        await MakeKnown(plant.Site, folder["agent-before"], database, devices * TagsOfADevice);

        var began = TimeProvider.System.GetUtcNow();
        await using var agent = Agent.Launch(plant.Site, folder["agent"], File.Exists(Published) ? Published : null);
        await agent.Up();
        var live = devices * TagsOfADevice;
        await Until.True("the outbox holds no more than live data", async () => await Waiting(agent) < 5 * live, TimeSpan.FromMinutes(60));
        var took = TimeProvider.System.GetUtcNow() - began;
        var memory = PeakMemory(agent.Program.Id);
        agent.Program.Term();
        Assert.Equal(0, await agent.Program.End(TimeSpan.FromMinutes(1)));

        // All begins cold in the first minute, on few cores: brokers, agent, five thousand new tags.
        var warm = began + TimeSpan.FromMinutes(took > TimeSpan.FromMinutes(2) ? 1 : 0);
        var rows = await database.Scalar<long>("history", $"SELECT count(*) FROM penstock.readings WHERE epoch = {Old}");
        var (_, proof) = await LoadRun.Verify(historian);
        new FaultResult("F9", "brokers away for long then the backlog beside live data", 0)
        {
            Injected = 1,
            Records = proof["numbered"]!.GetValue<long>(),
            Lost = proof["lost"]!.GetValue<long>() + Math.Max(0, filled.Records - rows),
            Double = proof["double"]!.GetValue<long>() + Math.Max(0, rows - filled.Records),
            Unexplained = proof["unexplained"]!.GetValue<long>(),
            Recovery = took,
            Figures = new Dictionary<string, string>
            {
                ["outbox at the start"] = Text($"{filled.Records:N0} records in {filled.Bytes / 1e6:N0} MB"),
                ["backlog delivered"] = Text($"{filled.Records / took.TotalSeconds:N0} a second, {filled.Records / took.TotalSeconds / live:0.0} times the live rate of {live:N0} a second"),
                ["live readings late at the historian"] = await Lateness(database, warm, began + took),
                ["the same in the first minute"] = await Lateness(database, began, began + TimeSpan.FromMinutes(1)),
                [$"memory of the agent ({(File.Exists(Published) ? "published" : "as built")}), highest"] = Text($"{memory / 1e6:N0} MB"),
            },
        }.Tell(output, []);
    }

    // The filled epoch is older than those of the run.
    private const string Old = "(SELECT id FROM penstock.epochs ORDER BY epoch LIMIT 1)";

    private static async Task<(long Records, long Bytes)> Fill(TempFolder folder, int devices, int megabytes)
    {
        var ended = await RunningProgram.Run(TimeSpan.FromMinutes(15), Filler, folder["agent"], Site, Text($"{devices}"), Text($"{TagsOfADevice}"), Text($"{megabytes}"));
        Assert.True(ended.ExitCode == 0, ended.Output);
        var told = ended.Output.Split('\n').Last(line => line.Length > 0).Split(' ');
        return (long.Parse(told[0], CultureInfo.InvariantCulture), long.Parse(told[1], CultureInfo.InvariantCulture));
    }

    private static Task<SimulatedPlant> StartPlant(TempFolder folder, int devices, string brokers)
    {
        var plant = new Plant(folder, Site) { Forward = $"{{type: kafka, address: \"{brokers}\", confirm: historian}}", Cap = "4 GiB" }
            .Profile("load", "1s", "uint16", [.. Enumerable.Range(0, TagsOfADevice).Select(number => Text($"t{number:000}"))]);
        File.AppendAllText(folder["hardware-profiles/load.yaml"], "simulate:\n  \"t*\": {ramp: {from: 0, to: 60000, period: 60s}}\n");
        for (var number = 0; number < devices; number++)
            plant.Device(Text($"device-{number}"), "load", 502 + number);
        return SimulatedPlant.Start(plant.Write("load.yaml"), folder["site.yaml"]);
    }

    /// <summary>The historian has known the plant for long: an agent reads it for a moment.</summary>
    private static async Task MakeKnown(string site, string folder, PostgresServer database, int tags)
    {
        await using var agent = Agent.Launch(site, folder, null);
        await agent.Up();
        await Until.True("every tag has a value", async () => await database.Scalar<long>("history", "SELECT count(*) FROM penstock.latest") == tags, TimeSpan.FromMinutes(3));
        agent.Program.Term();
        Assert.Equal(0, await agent.Program.End(TimeSpan.FromMinutes(1)));
    }

    private static async Task<long> Waiting(Agent agent)
    {
        await World.Pause(TimeSpan.FromSeconds(5)); // The page of so many tags is no small thing to ask for.
        using var http = new HttpClient();
        return JsonNode.Parse(await http.GetStringAsync($"{agent.StatusPage}/status.json"))!["heartbeat"]!["outbox"]!["records"]!.GetValue<long>();
    }

    /// <summary>From sample to commit, of the run's own readings.</summary>
    private static async Task<string> Lateness(PostgresServer database, DateTimeOffset from, DateTimeOffset to)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString("history"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"""
            SELECT percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY late) || 100 * avg((late > 2)::int)::float8
            FROM (SELECT extract(epoch FROM committed - ts)::float8 AS late FROM penstock.readings WHERE epoch <> {Old} AND ts BETWEEN $1 AND $2) AS live
            """,
            connection)
        { CommandTimeout = 600, Parameters = { new() { Value = from.UtcDateTime }, new() { Value = to.UtcDateTime } } };
        var late = (double[])(await command.ExecuteScalarAsync())!; // live readings came
        return Text($"median {late[0]:0.00} s, 99 of 100 below {late[1]:0.00} s, longest {late[2]:0.00} s, more than 2 s: {late[3]:0.00} %");
    }

    private static long PeakMemory(int process) => 1024 * long.Parse(
        File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
