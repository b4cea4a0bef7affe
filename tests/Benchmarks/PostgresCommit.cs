using System.Diagnostics;
using Penstock.Central.Historian;
using Penstock.Central.Historian.Postgres;
using Penstock.Contracts;
using Penstock.IntegrationTests.Kit;

namespace Penstock.Benchmarks;

/// <summary>
/// Readings a second that the historian commits into PostgreSQL, with all indexes, ledger, latest table and roll-ups, against
/// psql's binary COPY of the same rows into the same table in the same server; both synced.
/// </summary>
internal sealed class PostgresCommit : IBenchmark
{
    private const int Tags = 500;
    private const int Batch = 20_000;
    private const int Batches = 60;
    private const int UpkeepEvery = 5;

    public string Name => "postgres";

    public async Task<IReadOnlyList<Figure>> RunAsync(Action<string> say)
    {
        if (PostgresServer.Programs is null)
            return [new Figure("PostgreSQL", "missing: apt-get install postgresql", "runs", false)];
        await using var server = await PostgresServer.Start("shared_buffers=1GB", "max_wal_size=8GB");
        await server.Sql("postgres", "CREATE DATABASE bench");
        var start = Timestamp.Now(TimeProvider.System) - TimeSpan.FromSeconds(Batch / Tags * Batches);
        await using var historian = await PostgresHistorian.OpenAsync(new Server(server.ConnectionString("bench") + ";Pooling=true"), TimeProvider.System, default);
        await historian.CommitAsync([Group(0, start)], [], default);
        var (rate, commit) = await CommitAsync(historian, start, say);
        var psql = await PsqlAsync(server);
        say($"historian {rate:0}/s, psql COPY {psql:0}/s");
        return
        [
            Figure.AtLeast("PostgreSQL: readings committed with roll-ups", rate, 50_000, "/s"),
            Figure.Plain($"PostgreSQL: commit of {Batch} readings, median", commit, "ms"),
            Figure.Plain("psql binary COPY of the same rows into the same table", psql, "rows/s"),
            Figure.Plain("historian / psql binary COPY", rate / psql, ""),
        ];
    }

    private static async Task<(double Rate, double Commit)> CommitAsync(PostgresHistorian historian, Timestamp start, Action<string> say)
    {
        List<double> commits = [];
        var clock = new Stopwatch();
        for (var n = 1; n < Batches; n++)
        {
            var group = Group(n, start);
            clock.Start();
            var begun = clock.Elapsed;
            await historian.CommitAsync([group], [], default);
            commits.Add((clock.Elapsed - begun).TotalMilliseconds);
            if (n % UpkeepEvery == 0)
                await RefreshAsync(historian);
            clock.Stop();
        }

        clock.Start();
        await RefreshAsync(historian);
        clock.Stop();
        say($"commits {commits.Sum():0} ms of {clock.ElapsedMilliseconds} ms");
        return ((Batches - 1) * Batch / clock.Elapsed.TotalSeconds, commits.Order().ElementAt(commits.Count / 2));
    }

    private static async Task RefreshAsync(PostgresHistorian historian)
    {
        while (await historian.RefreshRollUpsAsync(1000, default) > 0)
        {
        }
    }

    private static async Task<double> PsqlAsync(PostgresServer server)
    {
        var file = Path.Combine(server.Host, "rows");
        await PostgresServer.Run("psql", "-h", server.Host, "-U", "postgres", "-c", $"\\copy (SELECT * FROM penstock.readings) TO '{file}' (FORMAT binary)", "bench");
        await server.Sql("bench", "TRUNCATE penstock.readings");
        await server.Sql("bench", "CHECKPOINT");
        var clock = Stopwatch.StartNew();
        await PostgresServer.Run("psql", "-h", server.Host, "-U", "postgres", "-c", $"\\copy penstock.readings FROM '{file}' (FORMAT binary)", "bench");
        return Batches * Batch / clock.Elapsed.TotalSeconds;
    }

    private static RecordGroup Group(int batch, Timestamp start) => new(
        [.. Enumerable.Range(batch * Batch, Batch).Select(n => new Numbered<Reading>(n + 1, Row(n, start)))], [], []);

    private static Reading Row(int n, Timestamp start) => new()
    {
        Site = "bench",
        Device = $"device-{n % Tags / 50}",
        Tag = $"t{n % 50:00}",
        Kind = Kinds.Plc,
        Ts = start + TimeSpan.FromSeconds(n / Tags),
        Value = Math.Round(Math.Sin(n / 1000.0) * 500, 2),
        Unit = "V",
        Agent = "agent",
        Epoch = "e1",
        Seq = n + 1,
    };
}
