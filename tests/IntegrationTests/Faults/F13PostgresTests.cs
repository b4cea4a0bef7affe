using System.Globalization;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>F13: PostgreSQL is killed under load and comes back. The proof is proven on this engine too.</summary>
[Collection(Alone.Name)]
public sealed class F13PostgresTests(ITestOutputHelper output)
{
    [Fact]
    public async Task F13_PostgreSQL_killed_under_load_loses_and_doubles_nothing()
    {
        Assert.SkipUnless(PostgresServer.Programs is not null, "needs PostgreSQL 15 or later: apt-get install postgresql");
        var kills = FaultSize.Of(1, 20, 300);
        var seed = FaultSize.Seed();
        var random = new Random(seed);
        var records = kills * 8_000;
        using var folder = new TempFolder();
        await using var database = await PostgresServer.Start();
        await database.Sql("postgres", "CREATE DATABASE history");
        await using var centre = await StartCentre(folder, database);
        var load = new LoadRun(folder);

        await using var sending = load.StartSending(
            "--http", centre.Address, "--records", records.ToString(CultureInfo.InvariantCulture), "--seed", seed.ToString(CultureInfo.InvariantCulture),
            "--duplicates", "0.2", "--gaps", "50", "--rate", "4000");
        var longest = TimeSpan.Zero;
        for (var kill = 0; kill < kills; kill++)
        {
            await World.Pause(TimeSpan.FromSeconds(1 + (random.NextDouble() * 2)));
            await database.Kill();
            await database.Start();
            var began = TimeProvider.System.GetTimestamp();
            var before = await Rows(database);
            await Until.True("rows flow again", async () => sending.HasEnded || await Rows(database) > before, TimeSpan.FromSeconds(60));
            var took = TimeProvider.System.GetElapsedTime(began);
            longest = took > longest ? took : longest;
        }

        Assert.Equal(0, await sending.End(TimeSpan.FromMinutes(20)));

        var oracle = await load.Judge(Address(database));
        var (_, proof) = await LoadRun.Verify(Historian(database));
        output.WriteLine(oracle.Output);
        new FaultResult("F13", "kill -9 of PostgreSQL under load", seed)
        {
            Injected = kills,
            Records = records * 2,
            Lost = proof["lost"]!.GetValue<long>(),
            Double = proof["double"]!.GetValue<long>(),
            Unexplained = proof["unexplained"]!.GetValue<long>(),
            Recovery = longest,
        }.Tell(output, oracle.ExitCode == 0 ? [] : [oracle.Output, proof.ToJsonString()]);
    }

    [Fact]
    public async Task Planted_losses_and_doubles_are_found_in_PostgreSQL_by_the_oracle_and_by_verify()
    {
        Assert.SkipUnless(PostgresServer.Programs is not null, "needs PostgreSQL 15 or later: apt-get install postgresql");
        using var folder = new TempFolder();
        await using var database = await PostgresServer.Start();
        await database.Sql("postgres", "CREATE DATABASE history");
        await using var centre = await StartCentre(folder, database);
        var load = new LoadRun(folder);
        await load.Send("--http", centre.Address, "--records", "5000", "--gaps", "100", "--shuffle", "5", "--duplicates", "0.3");
        var before = (await load.Judge(Address(database)), await LoadRun.Verify(Historian(database)));

        await LoadRun.Plant(4, 3, Address(database));
        var (oracle, (exitCode, proof)) = (await load.Judge(Address(database)), await LoadRun.Verify(Historian(database)));

        output.WriteLine(before.Item1.Output);
        Assert.Equal((0, 0), (before.Item1.ExitCode, before.Item2.ExitCode));
        Assert.Matches("4 lost, 3 double, 0 changed, 0 foreign", oracle.Output);
        Assert.Equal((1, 4L, 3L), (exitCode, proof["lost"]!.GetValue<long>(), proof["double"]!.GetValue<long>()));
    }

    private static Task<Centre> StartCentre(TempFolder folder, PostgresServer database) => Centre.Start(folder["centre"], 0, Historian(database));

    private static string[] Historian(PostgresServer database) => ["--historian", $"Host={database.Host};Username=postgres;Database=history"];

    private static string[] Address(PostgresServer database) => ["--postgres", database.ConnectionString("history") + ";Search Path=penstock"];

    private static Task<long> Rows(PostgresServer database) => database.Scalar<long>("history", "SELECT count(*) FROM penstock.readings");
}
