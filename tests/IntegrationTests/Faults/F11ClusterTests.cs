using System.Globalization;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>F11, F12, F13 together: brokers, centres and the database are killed at random under load, on the whole way to PostgreSQL.</summary>
[Collection(Alone.Name)]
public sealed class F11ClusterTests(ITestOutputHelper output)
{
    private const string Database = "penstock";
    private readonly Centre?[] _centres = new Centre?[2];

    [Fact]
    public async Task F11_brokers_centres_and_database_killed_under_load_lose_and_double_nothing()
    {
        Needs.Kafka();
        Assert.SkipUnless(PostgresServer.Programs is not null, "needs PostgreSQL 15 or later: apt-get install postgresql");
        var kills = FaultSize.Of(2, 15, 120);
        var rate = FaultSize.Of(2000, 5000, 5000);
        var seed = FaultSize.Seed();
        var random = new Random(seed);
        using var folder = new TempFolder();
        await using var kafka = await KafkaServer.Start(FaultSize.Of(1, 3, 3));
        await using var database = await PostgresServer.Start();
        await database.Sql("postgres", $"CREATE DATABASE {Database}");
        var applied = await RunningProgram.Run(Repository.Central, "topics", "apply", "--kafka", kafka.Bootstrap);
        Assert.True(applied.ExitCode == 0, applied.Output);
        var load = new LoadRun(folder);
        var seconds = 10 + (kills * FaultSize.Of(6, 12, 12));
        var records = rate / 2 * seconds;
        try
        {
            await StartCentre(folder, kafka, database, 0);
            await StartCentre(folder, kafka, database, 1);
            await using var sending = load.StartSending(
                "--kafka", kafka.Bootstrap, "--records", Text(records), "--seed", Text(seed), "--rate", Text(rate), "--gaps", "50", "--duplicates", "0.1");
            for (var kill = 0; kill < kills; kill++)
            {
                await World.Pause(TimeSpan.FromSeconds(1 + random.NextDouble()));
                output.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.f} killed: {await KillOne(kill, random, folder, kafka, database)}");
                await Flows(database);
            }

            Assert.Equal(0, await sending.End(TimeSpan.FromMinutes(30)));
            await Judge(load, database, new FaultResult("F11", "kill -9 of brokers centres and PostgreSQL under load", seed) { Injected = kills, Records = records * 2L, Recovery = await LongestStandStill(database) });
        }
        finally
        {
            foreach (var centre in _centres.OfType<Centre>())
                await centre.DisposeAsync();
        }
    }

    private async Task<string> KillOne(int kill, Random random, TempFolder folder, KafkaServer kafka, PostgresServer database)
    {
        switch (kill % 3)
        {
            case 0:
                var number = random.Next(2);
                await _centres[number]!.Program.Kill(); // both run between kills
                await _centres[number]!.DisposeAsync();
                await StartCentre(folder, kafka, database, number);
                return $"centre {number + 1}";
            case 1:
                await database.Kill();
                await database.Start();
                return "PostgreSQL";
            default:
                var node = random.Next(FaultSize.Of(1, 3, 3)) + 1;
                await kafka.Kill(node);
                await kafka.Restart(node);
                return $"broker {node}";
        }
    }

    private async Task StartCentre(TempFolder folder, KafkaServer kafka, PostgresServer database, int number) =>
        _centres[number] = await Centre.Start(folder[$"centre-{number}"], more: ["--kafka", kafka.Bootstrap, .. Historian(database)]);

    private async Task Judge(LoadRun load, PostgresServer database, FaultResult result)
    {
        var oracle = await load.Judge(["--wait", "60", "--postgres", database.ConnectionString(Database) + ";Search Path=penstock"]);
        var (_, proof) = await LoadRun.Verify(Historian(database));
        output.WriteLine(oracle.Output);
        (result with
        {
            Lost = proof["lost"]!.GetValue<long>(),
            Double = proof["double"]!.GetValue<long>(),
            Unexplained = proof["unexplained"]!.GetValue<long>(),
        }).Tell(output, oracle.ExitCode == 0 ? [] : [oracle.Output, proof.ToJsonString()]);
    }

    private static async Task Flows(PostgresServer database)
    {
        var before = await Rows(database);
        await Until.True("rows flow again", async () => await Rows(database) > before, TimeSpan.FromSeconds(60));
    }

    /// <summary>The longest time in which nothing was committed, whatever was away.</summary>
    private static async Task<TimeSpan> LongestStandStill(PostgresServer database) => TimeSpan.FromSeconds(await database.Scalar<double>(
        Database,
        """
        SELECT coalesce(max(extract(epoch FROM apart)), 0)::float8 FROM (
            SELECT committed - lag(committed) OVER (ORDER BY committed) AS apart FROM (SELECT DISTINCT committed FROM penstock.readings) c) d
        """));

    private static string[] Historian(PostgresServer database) => ["--historian", $"Host={database.Host};Username=postgres;Database={Database}"];

    private static Task<long> Rows(PostgresServer database) => database.Scalar<long>(Database, "SELECT count(*) FROM penstock.readings");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
