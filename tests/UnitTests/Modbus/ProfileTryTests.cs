using System.Net;
using System.Text.Json;
using Penstock.EdgeAgent.Commands;
using Penstock.Protocols.Modbus.Server;
using Penstock.Protocols.Profiles;
using Xunit;

namespace Penstock.UnitTests.Modbus;

public sealed class ProfileTryTests : IDisposable
{
    private readonly TestBank _bank = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("penstock-try").FullName;

    [Fact]
    public async Task Words_of_an_unknown_device_are_shown_in_every_order_with_the_plausible_one_marked()
    {
        _bank[RegisterTable.Input, 0] = 0x4366;
        _bank[RegisterTable.Input, 1] = 0x199A;

        var code = await TryAsync(s => s with { Table = RegisterTable.Input, Count = 2 });

        Assert.Equal(ExitCode.Fine, code);
        Assert.Contains("input     0  0x4366 Cf   17254   17254    230.1 ◄", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("float32 ABCD 230.1 ◄", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_address_is_explained_with_what_answers_instead()
    {
        _bank.Fill(RegisterTable.Holding, 0, 100);

        var code = await TryAsync(s => s with { Address = 100, Count = 1 });

        var text = _output.ToString();
        Assert.Equal(ExitCode.Problem, code);
        Assert.Contains("exception 2, illegal data address (holding 100)", text, StringComparison.Ordinal);
        Assert.Contains("likely cause: the address does not exist: does the manual count from 1", text, StringComparison.Ordinal);
        Assert.Contains("found: holding 99 answers: the manual probably counts from 1; subtract 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_other_table_is_found()
    {
        _bank.Fill(RegisterTable.Input, 100, 1);

        await TryAsync(s => s with { Address = 100, Count = 1 });

        Assert.Contains("found: input 100 answers: the value lies in table input", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_is_read_with_values_and_a_wrong_word_order_is_seen()
    {
        _bank[RegisterTable.Input, 0] = 0x199A;
        _bank[RegisterTable.Input, 1] = 0x4366;
        _bank[RegisterTable.Input, 8] = 500;

        var code = await TryAsync(s => s with { Profile = WriteProfile() });

        var text = _output.ToString();
        Assert.Equal(("", ExitCode.Fine), (_errors.ToString(), code));
        Assert.Contains("50 Hz", text, StringComparison.Ordinal);
        Assert.Contains("the profile says ABCD, CDAB looks more plausible", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_register_the_device_lacks_does_not_hide_the_others()
    {
        _bank[RegisterTable.Input, 8] = 500;

        var code = await TryAsync(s => s with { Profile = WriteProfile() });

        Assert.Equal(ExitCode.Problem, code);
        Assert.Contains("voltage: exception 2, illegal data address (input 0 to 1)", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("50 Hz", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_carries_the_same()
    {
        _bank[RegisterTable.Holding, 0] = 0x4366;
        _bank[RegisterTable.Holding, 1] = 0x199A;

        await TryAsync(s => s with { Count = 2, Json = true });

        using var round = JsonDocument.Parse(_output.ToString());
        var row = round.RootElement.GetProperty("rows")[0];
        Assert.Equal("0x4366", row.GetProperty("raw").GetString());
        Assert.Equal(230.1, row.GetProperty("orders").GetProperty("ABCD").GetProperty("value").GetDouble());
        Assert.Equal("ABCD", row.GetProperty("plausible").GetProperty("order").GetString());
    }

    [Fact]
    public async Task An_unknown_profile_is_wrong_usage_and_says_where_it_looked()
    {
        var code = await TryAsync(s => s with { Profile = "no-such-meter", Profiles = [_folder] });

        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.StartsWith($"profile 'no-such-meter' is neither a file nor an id in {_folder}", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_block_past_the_last_address_is_wrong_usage()
    {
        var code = await TryAsync(s => s with { Address = 65_530, Count = 10 });

        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Equal($"--address 65530 with --count 10 runs past 65535, the last address there is{Environment.NewLine}", _errors.ToString());
    }

    [Fact]
    public async Task A_refused_connection_is_told_with_the_likely_cause()
    {
        int port;
        await using (var server = ModbusTcpServer.Start(_bank, IPAddress.Loopback, 0, TimeProvider.System))
            port = server.Port;

        var code = await new ProfileTry(_output, _errors, TimeProvider.System).RunAsync(
            new() { Host = "127.0.0.1", Port = port, Once = true }, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Problem, code);
        Assert.Contains($"connection refused by 127.0.0.1:{port}", _output.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, true);

    private async Task<int> TryAsync(Func<TrySettings, TrySettings> change)
    {
        await using var server = ModbusTcpServer.Start(_bank, IPAddress.Loopback, 0, TimeProvider.System);
        var settings = change(new() { Host = "127.0.0.1", Port = server.Port, Once = true, Timeout = TimeSpan.FromSeconds(10) });
        return await new ProfileTry(_output, _errors, TimeProvider.System).RunAsync(settings, TestContext.Current.CancellationToken);
    }

    private string WriteProfile()
    {
        var path = Path.Combine(_folder, "test-meter.yaml");
        File.WriteAllText(path, """
            profile: 1
            kind: modbus
            id: test-meter
            device: {vendor: Test, model: Meter, description: A meter for tests}
            manual: {title: none, revision: unknown}
            connection: {tcp: {port: 502}, unit_id: 1}
            addresses: {written_as: wire}
            limits: {bridge_gaps_up_to: 8}
            registers:
              - {tag: voltage, table: input, register: 0, type: float32, unit: V}
              - {tag: frequency, table: input, register: 8, type: uint16, scale: 0.1, unit: Hz, valid_range: [0, 100]}
            """);
        return path;
    }
}
