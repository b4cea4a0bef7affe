using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Penstock.Central.Historian.Postgres;
using Penstock.Contracts;
using Penstock.IntegrationTests.Kit;

namespace Penstock.Benchmarks;

/// <summary>
/// How long the questions of a page take on a full PostgreSQL: 500 tags, 55 minutes of 10 readings each a day. PENSTOCK_BENCH_DAYS
/// sets the days: 365 give 100 million readings and need 25 GB; the seed is made inside the server.
/// </summary>
internal sealed class PostgresQueries : IBenchmark
{
    private const int Tags = 500;
    private const int MinutesADay = 55;
    private const int PerMinute = 10;
    private const int Asked = 9;
    private const double Goal = 300;

    private static readonly int Days = int.Parse(Environment.GetEnvironmentVariable("PENSTOCK_BENCH_DAYS") ?? "20", CultureInfo.InvariantCulture);

    public string Name => "queries";

    public async Task<IReadOnlyList<Figure>> RunAsync(Action<string> say)
    {
        if (PostgresServer.Programs is null)
            return [new Figure("PostgreSQL", "missing: apt-get install postgresql", "runs", false)];
        await using var server = await PostgresServer.Start("shared_buffers=2GB", "max_wal_size=8GB", "maintenance_work_mem=512MB", "autovacuum=off", "wal_level=minimal", "max_wal_senders=0");
        await server.Sql("postgres", "CREATE DATABASE bench");
        await using var historian = await PostgresHistorian.OpenAsync(
            new Server(server.ConnectionString("bench") + ";Pooling=true"), TimeProvider.System, default);
        var today = new Timestamp(Partitions.DayOf(Timestamp.Now(TimeProvider.System)));
        await SeedAsync(server, today, say);
        var ids = await IdsAsync(historian);
        var (year, day) = (today - TimeSpan.FromDays(Days), today - TimeSpan.FromDays(Days / 2));
        var rows = $"{(long)Days * Tags * MinutesADay * PerMinute / 1_000_000.0:0.#} million rows";
        return
        [
            await Ask($"{rows}: latest of {Tags} tags", () => historian.ReadTagsAsync(default).AsTask(), tags => tags.Count(t => t.Latest is not null), Tags),
            await Ask($"{rows}: one tag, one day, raw", () => historian.ReadRawAsync(ids[7], day, day + TimeSpan.FromDays(1), 100_000, default).AsTask(), r => r.Count, MinutesADay * PerMinute),
            await Ask($"{rows}: one tag, all {Days} days, by day", () => historian.ReadBucketsAsync(ids[8], year, today, TimeSpan.FromDays(1), default).AsTask(), b => b.Count, Days),
            await Ask($"{rows}: one tag, all {Days} days, by hour", () => historian.ReadBucketsAsync(ids[9], year, today, TimeSpan.FromHours(1), default).AsTask(), b => b.Count, Days * 24),
            await Ask($"{rows}: 100 tags, one day, by minute, one after the other", () => Hundred(historian, ids, day), n => n, 100 * MinutesADay),
            await Ask($"{rows}: 100 tags, one day, by minute, one query on the view", () => View(server, day), n => n, 100 * MinutesADay),
        ];
    }

    private static async Task<IReadOnlyList<IReadOnlyList<int>>> IdsAsync(PostgresHistorian historian)
    {
        List<IReadOnlyList<int>> ids = [];
        for (var n = 1; n <= Tags; n++)
            ids.Add(await historian.FindTagAsync(new("bench", "device", $"t{n}"), default));
        return ids;
    }

    private static async Task<int> Hundred(PostgresHistorian historian, IReadOnlyList<IReadOnlyList<int>> ids, Timestamp day)
    {
        var count = 0;
        foreach (var tag in ids.Take(100))
            count += (await historian.ReadBucketsAsync(tag, day, day + TimeSpan.FromDays(1), TimeSpan.FromMinutes(1), default)).Count;
        return count;
    }

    private static async Task<int> View(PostgresServer server, Timestamp day)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString("bench"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"SELECT time, name, mean FROM penstock.values_per_minute WHERE time >= '{day}' AND time < '{day + TimeSpan.FromDays(1)}' AND tag = ANY(ARRAY(SELECT 't' || n FROM generate_series(1, 100) n))",
            connection);
        await using var reader = await command.ExecuteReaderAsync();
        var count = 0;
        while (await reader.ReadAsync())
            count++;
        return count;
    }

    private static async Task<Figure> Ask<T>(string what, Func<Task<T>> ask, Func<T, int> size, int expected)
    {
        List<double> took = [];
        for (var i = 0; i < Asked; i++)
        {
            var clock = Stopwatch.StartNew();
            var answer = await ask();
            took.Add(clock.Elapsed.TotalMilliseconds);
            if (size(answer) != expected)
                throw new InvalidOperationException($"{what}: {size(answer)} instead of {expected}");
        }

        return Figure.AtMost($"{what}, median (first {took[0]:0} ms)", took.Order().ElementAt(Asked / 2), Goal, "ms");
    }

    private static async Task SeedAsync(PostgresServer server, Timestamp today, Action<string> say)
    {
        await Run(server, $$"""
            INSERT INTO penstock.epochs (id, agent, epoch, first_seen) VALUES (1, 'a', 'e', now());
            INSERT INTO penstock.units (id, symbol) VALUES (1, 'V');
            INSERT INTO penstock.tags (id, site, device, tag, info, announced, changed)
                SELECT n, 'bench', 'device', 't' || n, '{}', 0, pg_current_xact_id() FROM generate_series(1, {{Tags}}) n;
            """);
        var clock = Stopwatch.StartNew();
        for (var n = Days; n >= 1; n--)
        {
            await DayAsync(server, today - TimeSpan.FromDays(n), n);
            if (n % 20 == 0)
                say($"{Days - n} of {Days} days, {clock.Elapsed.TotalSeconds:0} s");
        }

        await Run(server, """
            INSERT INTO penstock.latest SELECT DISTINCT ON (tag) tag, ts, epoch, seq, value, text, q, why, clock, late, pg_current_xact_id()
                FROM penstock.readings WHERE ts >= (SELECT max(start) FROM penstock.rollups_day) ORDER BY tag, ts DESC;
            """);
        await Run(server, "VACUUM (FREEZE, ANALYZE)");
    }

    // Filled before it is attached: its indexes are then built by sorting.
    private static Task DayAsync(PostgresServer server, Timestamp day, int n)
    {
        var (name, next) = (Partitions.NameOf(day.Microseconds), day + TimeSpan.FromDays(1));
        var levels = string.Concat(
            Level("minute", $"SELECT date_trunc('minute', ts, 'UTC') AS s, value AS lo, value AS hi, value AS total, value AS f, ts AS ft, value AS l, ts AS lt, 0 AS inc, 1 AS n, tag FROM penstock.{name}"),
            Level("hour", Below("minute", "hour", day, next)), Level("day", Below("hour", "day", day, next)));
        return Run(server, $"""
            DROP TABLE IF EXISTS penstock.{name};
            CREATE TABLE penstock.{name} (LIKE penstock.readings INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
            INSERT INTO penstock.{name} (tag, ts, epoch, seq, value, unit, q, clock, late, committed)
                SELECT t, '{day}'::timestamptz + m * interval '26 minutes' + i * interval '6 seconds' + t * interval '1 millisecond', 1,
                    {n}::bigint * 1000000 + t * 1000 + m * 10 + i, round((sin(m + t) * 500)::numeric, 2), 1, 0, 0, false, '{next}'
                FROM generate_series(0, {MinutesADay - 1}) m, generate_series(0, {PerMinute - 1}) i, generate_series(1, {Tags}) t;
            ALTER TABLE penstock.readings ATTACH PARTITION penstock.{name} FOR VALUES FROM ('{day}') TO ('{next}');
            {levels}
            """);
    }

    private static string Level(string level, string source) =>
        $"""
        INSERT INTO penstock.rollups_{level} (tag, start, min, max, sum, first, first_ts, last, last_ts, increase, count, worst)
            SELECT tag, s, min(lo), max(hi), sum(total), min(f), min(ft), max(l), max(lt), sum(inc), sum(n), 0 FROM ({source}) r GROUP BY tag, s;

        """;

    private static string Below(string below, string level, Timestamp from, Timestamp to) =>
        $"""
        SELECT date_trunc('{level}', start, 'UTC') AS s, min AS lo, max AS hi, sum AS total, first AS f, first_ts AS ft, last AS l, last_ts AS lt,
            increase AS inc, count AS n, tag FROM penstock.rollups_{below} WHERE start >= '{from}' AND start < '{to}'
        """;

    private static async Task Run(PostgresServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString("bench") + ";Command Timeout=0");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
