using Penstock.IntegrationTests.Kit;

namespace Penstock.Benchmarks;

/// <summary>500 tags at 1 Hz and five viewers of the live stream: what the centre needs for it.</summary>
internal sealed class PageLoad : IBenchmark
{
    private const int Viewers = 5;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(30);

    public string Name => "page";

    public async Task<IReadOnlyList<Figure>> RunAsync(Action<string> say)
    {
        using var folder = new TempFolder();
        await using var centre = await Centre.Start(folder["centre"]);
        await using var plant = await LoadPlant.Start(folder, devices: 5, tags: 100, centre.Address);
        await using var agent = await Agent.Start(plant.Site, folder["agent"]);

        var alone = await CpuOf(centre);
        say($"no viewer: {alone:0.0} % of a core");
        using var end = new CancellationTokenSource();
        var viewers = Enumerable.Range(0, Viewers).Select(_ => View(centre.Address, end.Token)).ToList();
        var watched = await CpuOf(centre);
        await end.CancelAsync();
        var bytes = (await Task.WhenAll(viewers)).Sum();

        return
        [
            Figure.Plain("centre CPU, 500 tags at 1 Hz, no viewer", alone, "% of a core"),
            Figure.Plain($"centre CPU, 500 tags at 1 Hz, {Viewers} viewers", watched, "% of a core"),
            Figure.Plain("bytes per second and viewer", bytes / Viewers / (Settling + Measured).TotalSeconds, "B"),
        ];
    }

    private static async Task<double> CpuOf(Centre centre)
    {
        await Task.Delay(Settling, TimeProvider.System);
        var before = ProcessUse.Of(centre.Program.Id, TimeProvider.System);
        await Task.Delay(Measured, TimeProvider.System);
        return ProcessUse.Of(centre.Program.Id, TimeProvider.System).CpuSince(before);
    }

    private static async Task<long> View(string address, CancellationToken token)
    {
        using var http = new HttpClient();
        var buffer = new byte[64 * 1024];
        var bytes = 0L;
        try
        {
            await using var stream = await http.GetStreamAsync(new Uri(address + "/api/v1/live"), token);
            while (await stream.ReadAsync(buffer, token) is > 0 and var count)
                bytes += count;
        }
        catch (OperationCanceledException)
        {
            // Told to end.
        }

        return bytes;
    }
}
