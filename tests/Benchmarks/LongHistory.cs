using System.Diagnostics;
using System.Globalization;
using Penstock.Central.Historian;
using Penstock.Central.Historian.Sqlite;
using Penstock.Contracts;
using Penstock.IntegrationTests.Kit;

namespace Penstock.Benchmarks;

/// <summary>A trend of 30 days of a tag at 1 Hz in 1000 points, as the page asks for it.</summary>
internal sealed class LongHistory : IBenchmark
{
    private const int Days = 30;
    private const int Asked = 21;

    public string Name => "history";

    public async Task<IReadOnlyList<Figure>> RunAsync(Action<string> say)
    {
        using var folder = new TempFolder();
        await (await Centre.Start(folder["centre"])).DisposeAsync();
        await Fill(folder["centre/history.db"], say);
        await using var centre = await Centre.Start(folder["centre"]);
        var to = Timestamp.Now(TimeProvider.System);
        List<double> month = [];
        List<double> day = [];
        for (var i = 0; i < Asked; i++)
        {
            month.Add(await Ask(centre, to - TimeSpan.FromDays(Days), to));
            day.Add(await Ask(centre, to - TimeSpan.FromDays(1), to));
        }

        return
        [
            Figure.AtMost($"history of {Days} days at 1 Hz in 1000 points, median", month.Order().ElementAt(Asked / 2), 150, "ms"),
            Figure.Plain("history of 1 day at 1 Hz in 1000 points, median", day.Order().ElementAt(Asked / 2), "ms"),
        ];
    }

    private static async Task<double> Ask(Centre centre, Timestamp from, Timestamp to)
    {
        var clock = Stopwatch.StartNew();
        await centre.Http.GetByteArrayAsync(string.Create(CultureInfo.InvariantCulture, $"api/v1/history?tag=bench/device/t&from={from}&to={to}&points=1000"));
        return clock.Elapsed.TotalMilliseconds;
    }

    private static async Task Fill(string file, Action<string> say)
    {
        const int Chunk = 50_000;
        const int All = Days * 86_400;
        await using var historian = new SqliteHistorian(file, TimeProvider.System);
        var start = Timestamp.Now(TimeProvider.System) - TimeSpan.FromDays(Days);
        for (var first = 0; first < All; first += Chunk)
        {
            var rows = Enumerable.Range(first, Math.Min(Chunk, All - first)).Select(n => new Numbered<Reading>(n - first + 1, Row(n, start)));
            await historian.CommitAsync([new([.. rows], [], [])], [], CancellationToken.None);
            while (await historian.RefreshRollUpsAsync(1000, CancellationToken.None) > 0)
            {
            }
        }

        say($"{All} readings stored");
    }

    private static Reading Row(int n, Timestamp start) => new()
    {
        Site = "bench",
        Device = "device",
        Tag = "t",
        Kind = Kinds.Plc,
        Ts = start + TimeSpan.FromSeconds(n),
        Value = Math.Round(Math.Sin(n / 1000.0) * 500, 2),
        Unit = "V",
        Agent = "agent",
        Epoch = "e1",
        Seq = n + 1,
    };
}
