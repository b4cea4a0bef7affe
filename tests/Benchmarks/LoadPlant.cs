using Penstock.IntegrationTests.Kit;

namespace Penstock.Benchmarks;

/// <summary>A plant of so many tags at 1 Hz, every value changing at every poll, played by the simulator.</summary>
internal static class LoadPlant
{
    public static Task<SimulatedPlant> Start(TempFolder folder, int devices, int tags, string to, string storage = "ssd")
    {
        var plant = new Plant(folder) { To = to, Storage = storage }
            .Profile("load", "1s", "uint16", [.. Enumerable.Range(0, tags).Select(number => $"t{number:000}")]);
        File.AppendAllText(folder["hardware-profiles/load.yaml"], "simulate:\n  \"t*\": {ramp: {from: 0, to: 60000, period: 60s}}\n");
        for (var number = 0; number < devices; number++)
            plant.Device($"device-{number}", "load", 502 + number);
        return SimulatedPlant.Start(plant.Write("load.yaml"), folder["site.yaml"]);
    }
}
