using System.Globalization;
using Penstock.IntegrationTests.Kit;

namespace Penstock.Benchmarks;

/// <summary>
/// The published agent with 1,000 tags at 1 Hz from 10 devices, in both storage modes, with and without link.
/// PENSTOCK_BENCH_SECONDS sets how long each is measured, PENSTOCK_BENCH_STORAGE (ssd, card) and PENSTOCK_BENCH_LINK (up, down)
/// which of them.
/// </summary>
internal sealed class AgentLoad : IBenchmark
{
    private const double MegaByte = 1_000_000;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    /// <summary>On a card with a healthy link the first mark, a minute after the start, writes the blocks of the next two hours.</summary>
    private static readonly TimeSpan SettlingOnCard = TimeSpan.FromSeconds(75);

    private static readonly TimeSpan? Wished = Environment.GetEnvironmentVariable("PENSTOCK_BENCH_SECONDS") is { } seconds
        ? TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)) : null;

    public string Name => "agent";

    public async Task<IReadOnlyList<Figure>> RunAsync(Action<string> say)
    {
        var figures = new List<Figure>();
        foreach (var storage in Only("PENSTOCK_BENCH_STORAGE", "ssd", "card"))
        {
            foreach (var link in Only("PENSTOCK_BENCH_LINK", "up", "down").Select(state => state == "up"))
            {
                say($"{storage}, {(link ? "healthy link" : "no link")}");
                figures.AddRange(await Measure(storage, link));
            }
        }

        return figures;
    }

    private static IEnumerable<string> Only(string variable, params string[] all) =>
        Environment.GetEnvironmentVariable(variable) is { } wished ? all.Where(one => one == wished) : all;

    private static async Task<IReadOnlyList<Figure>> Measure(string storage, bool link)
    {
        using var folder = new TempFolder();
        await using var wire = new LinkProxy();
        await using var plant = await LoadPlant.Start(folder, devices: 10, tags: 100, wire.Address, storage);
        await using var centre = link ? await Centre.Start(folder["centre"]) : null;
        wire.Target = centre?.Port ?? 0;
        await using var agent = Agent.Launch(plant.Site, folder["agent"], Repository.Path("artifacts/publish/linux-x64/penstock"));
        await agent.Up();

        var rare = storage == "card" && link;
        await Task.Delay(rare ? SettlingOnCard : Settling, TimeProvider.System);
        var (before, syncsBefore) = (ProcessUse.Of(agent.Program.Id, TimeProvider.System), await Syncs(agent));
        await Task.Delay(Wished ?? TimeSpan.FromSeconds(rare ? 300 : 60), TimeProvider.System);
        var (after, syncsAfter) = (ProcessUse.Of(agent.Program.Id, TimeProvider.System), await Syncs(agent));

        return Figures($"storage {storage}, {(link ? "healthy link" : "no link")}", rare, before, after, syncsAfter - syncsBefore);
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
