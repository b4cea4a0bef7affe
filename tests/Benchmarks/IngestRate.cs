using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Penstock.Central.Historian.Sqlite;
using Penstock.Contracts;
using Penstock.IntegrationTests.Kit;

namespace Penstock.Benchmarks;

/// <summary>
/// Readings a second that the centre takes over HTTP from four agents at once, against a bare insert of the same rows into
/// the same table with the same prepared statement in transactions of 10,000; both with <c>synchronous=FULL</c>, in turns.
/// </summary>
internal sealed class IngestRate : IBenchmark
{
    private const int Rounds = 5;
    private const int Agents = 4;
    private const int GroupsPerAgent = 8;
    private const int Batch = 10_000;
    private const int Tags = 100;

    public string Name => "ingest";

    public async Task<IReadOnlyList<Figure>> RunAsync(Action<string> say)
    {
        using var folder = new TempFolder();
        await using var centre = await Centre.Start(folder["centre"]);
        using var bare = new BareInsert(folder["bare.db"]);
        List<double> http = [];
        List<double> sqlite = [];
        for (var round = 0; round <= Rounds; round++)
        {
            var groups = Enumerable.Range(0, Agents).Select(agent => Groups(agent, round)).ToList();
            var bodies = groups.Select(list => list.Select(Pack).ToList()).ToList();
            var bareRate = RateOf(() => groups.SelectMany(g => g).ToList().ForEach(bare.Write));
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(bodies.Select(list => Send(centre, list)));
            var httpRate = Agents * GroupsPerAgent * Batch / clock.Elapsed.TotalSeconds;
            say($"round {round}{(round == 0 ? " (warming)" : "")}: HTTP {httpRate:0}/s, bare {bareRate:0}/s");
            if (round == 0)
                continue;
            http.Add(httpRate);
            sqlite.Add(bareRate);
        }

        return
        [
            Figure.Plain("ingest over HTTP, readings", Median(http), "/s"),
            Figure.Plain("bare SQLite insert, rows", Median(sqlite), "/s"),
            Figure.AtLeast("ingest over HTTP / bare insert", Median(http.Zip(sqlite, (a, b) => a / b)), 0.3),
        ];
    }

    private static double RateOf(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return Agents * GroupsPerAgent * Batch / clock.Elapsed.TotalSeconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private static List<List<Reading>> Groups(int agent, int round) =>
        [.. Enumerable.Range(0, GroupsPerAgent).Select(group => Rows(agent, ((round * GroupsPerAgent) + group) * Batch))];

    private static List<Reading> Rows(int agent, int first)
    {
        var start = Timestamp.Now(TimeProvider.System) - TimeSpan.FromHours(6);
        return [.. Enumerable.Range(first, Batch).Select(n => new Reading
        {
            Site = "bench",
            Device = $"device-{agent}",
            Tag = $"t{n % Tags:00}",
            Kind = Kinds.Plc,
            Ts = start + TimeSpan.FromMilliseconds(n / Tags * 1000.0),
            Value = Math.Round(Math.Sin(n / 1000.0) * 500, 2),
            Unit = "V",
            Agent = $"agent-{agent}",
            Epoch = "e1",
            Seq = n + 1,
        })];
    }

    private static byte[] Pack(List<Reading> rows)
    {
        using var packed = new MemoryStream();
        using (var zstd = new ZstdSharp.CompressionStream(packed, leaveOpen: true))
        {
            foreach (var row in rows)
            {
                zstd.Write(JsonSerializer.SerializeToUtf8Bytes(row, ContractsJson.Wire.Reading));
                zstd.Write("\n"u8);
            }
        }

        return packed.ToArray();
    }

    private static async Task Send(Centre centre, List<byte[]> bodies)
    {
        foreach (var body in bodies)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            content.Headers.ContentEncoding.Add("zstd");
            using var answer = await centre.Http.PostAsync("api/v1/records", content);
            var text = await answer.Content.ReadAsStringAsync();
            if (!text.Contains($"\"stored\":{Batch},", StringComparison.Ordinal))
                throw new InvalidOperationException($"the centre answered {(int)answer.StatusCode} {text}");
        }
    }

    private sealed class BareInsert : IDisposable
    {
        private readonly Database _database;
        private readonly Statement _insert;

        public BareInsert(string path)
        {
            _database = new(path);
            _insert = new(_database.Writer, ReadingTable.InsertSql);
        }

        public void Write(List<Reading> rows)
        {
            using var transaction = _database.Writer.BeginTransaction(deferred: false);
            foreach (var row in rows)
            {
                var tag = (row.Device[^1] * 1000) + int.Parse(row.Tag.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
                _insert.Bind(1, tag).Bind(2, row.Ts.Microseconds).Bind(3, row.Device[^1]).Bind(4, row.Seq).Bind(5, row.Value).Bind(6, 1L)
                    .Bind(7, 0L).Bind(8, 0L).Bind(9, 0L).Bind(10, row.Ts.Microseconds).Bind(11, (string?)null).Bind(12, (string?)null)
                    .Bind(13, (string?)null).Run();
            }

            transaction.Commit();
        }

        public void Dispose()
        {
            _insert.Dispose();
            _database.Dispose();
        }
    }
}
