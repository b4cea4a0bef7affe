using System.Globalization;
using System.Text.RegularExpressions;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Acceptance;

/// <summary>mbpoll reads what our simulator plays.</summary>
public sealed partial class IndependentReaderTests
{
    [Fact]
    public async Task Mbpoll_reads_from_our_simulator_what_the_profile_says()
    {
        Needs.Program("/usr/bin/mbpoll", "mbpoll");
        using var folder = new TempFolder();
        var profile = folder.Write("bench.yaml", """
            profile: 1
            kind: modbus
            id: bench
            device: {vendor: Test, model: bench, description: Constants in every order, class: other}
            manual: {title: none}
            connection: {tcp: {port: 502}, unit_id: 3}
            addresses: {written_as: wire}
            registers:
              - {tag: word, table: input, register: 10, type: uint16, unit: "1"}
              - {tag: tenth, table: input, register: 11, type: int16, scale: 0.1, unit: °C}
              - {tag: pressure, table: holding, register: 20, type: float32, unit: bar}
              - {tag: energy, table: holding, register: 30, type: uint32, word_order: low-first, unit: kWh}
            simulate:
              word: {value: 4711}
              tenth: {value: -12.3}
              pressure: {value: 2.5}
              energy: {value: 123456789}

            """);
        await using var simulator = RunningProgram.Start(
            Repository.Agent, "profile", "sim", "--profile", profile, "--port", "0", "--unit", "3", "--faults", "off", "--seed", "1");
        var port = await SimulatedPlant.PortOf(simulator);

        Assert.Equal("4711", await Read(port, "10", "-t", "3"));
        Assert.Equal("-123", await Read(port, "11", "-t", "3"));
        Assert.Equal("2.5", await Read(port, "20", "-t", "4:float", "-B"));
        Assert.Equal("123456789", await Read(port, "30", "-t", "4:int"));
    }

    private static async Task<string> Read(int port, string address, params string[] type)
    {
        var ended = await RunningProgram.Run(
            "/usr/bin/mbpoll", ["-m", "tcp", "-p", port.ToString(CultureInfo.InvariantCulture), "-a", "3", "-0", "-r", address, "-c", "1", .. type, "-1", "127.0.0.1"]);
        Assert.True(ended.ExitCode == 0, ended.Output);
        var value = Value().Match(ended.Output).Groups[1].Value;
        return value.Contains('(') ? value[(value.IndexOf('(') + 1)..^1] : value;
    }

    [GeneratedRegex(@"^\[[0-9]+\]:\s+(.+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Value();
}
