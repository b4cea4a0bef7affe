using System.Globalization;
using System.Text.RegularExpressions;

namespace Penstock.IntegrationTests.Kit;

/// <summary>Our own simulator playing every device of a site file on free ports.</summary>
internal sealed partial class SimulatedPlant : IAsyncDisposable
{
    private readonly RunningProgram _program;

    private SimulatedPlant(RunningProgram program, string site)
    {
        _program = program;
        Site = site;
    }

    /// <summary>The site file with the ports put in.</summary>
    public string Site { get; }

    public static async Task<SimulatedPlant> Start(string site, string writeTo, string faults = "off")
    {
        var program = RunningProgram.Start(Repository.Agent, "profile", "sim", "--site", site, "--write-site", writeTo, "--faults", faults, "--seed", "1");
        await program.Line("the simulator is up", Ready());
        return new(program, writeTo);
    }

    /// <summary>Port of the device played by <paramref name="program"/>.</summary>
    public static async Task<int> PortOf(RunningProgram program)
    {
        await program.Line("the simulator is up", Ready());
        var address = await program.Line("the simulator prints its address", Address());
        return int.Parse(address.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    [GeneratedRegex("^ready")]
    private static partial Regex Ready();

    [GeneratedRegex(@"127\.0\.0\.1:([0-9]+)")]
    private static partial Regex Address();
}
