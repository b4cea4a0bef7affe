using System.Globalization;
using Penstock.IntegrationTests.Kit;

namespace Penstock.Benchmarks;

/// <summary>The published agent with 1,000 tags at 1 Hz from 10 devices, in both storage modes, with and without link.</summary>
internal sealed class AgentLoad : IBenchmark
{
    private const double MegaByte = 1_000_000;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Measured =
        TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("PENSTOCK_BENCH_SECONDS") ?? "60", CultureInfo.InvariantCulture));

    public string Name => "agent";

    public async Task<IReadOnlyList<Figure>> RunAsync(Action<string> say)
    {
        var figures = new List<Figure>();
        foreach (var storage in new[] { "ssd", "card" })
        {
            foreach (var link in new[] { true, false })
            {
                say($"{storage}, {(link ? "healthy link" : "no link")}");
                figures.AddRange(await Measure(storage, link));
            }
        }

        return figures;
    }

    private static async Task<IReadOnlyList<Figure>> Measure(string storage, bool link)
    {
        using var folder = new TempFolder();
        await using var wire = new LinkProxy();
        await using var plant = await LoadPlant.Start(folder, devices: 10, tags: 100, wire.Address, storage);
        await using var centre = link ? await Centre.Start(folder["centre"]) : null;
        wire.Target = centre?.Port ?? 0;
        await using var agent = Agent.Launch(plant.Site, folder["agent"], Repository.Path("artifacts/publish/linux-x64/penstock"));
        await agent.Up();

        await Task.Delay(Settling, TimeProvider.System);
        var (before, syncsBefore) = (ProcessUse.Of(agent.Program.Id, TimeProvider.System), await Syncs(agent));
        await Task.Delay(Measured, TimeProvider.System);
        var (after, syncsAfter) = (ProcessUse.Of(agent.Program.Id, TimeProvider.System), await Syncs(agent));

        return Figures($"storage {storage}, {(link ? "healthy link" : "no link")}", storage == "card" && link, before, after, syncsAfter - syncsBefore);
    }

    private static List<Figure> Figures(string where, bool cardWithLink, ProcessUse before, ProcessUse after, double syncs)
    {
        var bytes = after.DiskBytesPerSecondSince(before);
        var perHour = bytes * 3600 / MegaByte;
        return
        [
            Figure.AtMost($"agent CPU, {where}", after.CpuSince(before), 3, "% of a core"),
            Figure.AtMost($"agent memory, {where}", after.ResidentBytes / MegaByte, 90, "MB"),
            cardWithLink
                ? Figure.AtMost($"bytes to disk per hour, {where}", perHour, 1, "MB")
                : Figure.Plain($"bytes to disk per second, {where}", bytes, "B"),
            Figure.Plain($"syncs per second, {where}", syncs / (after.At - before.At).TotalSeconds, ""),
        ];
    }

    /// <summary>The outbox's own count of syncs, from the metrics of the status page.</summary>
    private static async Task<double> Syncs(Agent agent)
    {
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(agent.StatusPage + "/metrics"));
        var line = metrics.Split('\n').FirstOrDefault(line => line.StartsWith("outbox_syncs_total", StringComparison.Ordinal));
        return line is null ? double.NaN : double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
