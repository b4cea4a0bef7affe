using System.Net;
using Penstock.Contracts;
using Penstock.Protocols;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Modbus.Server;
using Penstock.Protocols.Profiles;
using Xunit;

namespace Penstock.UnitTests.Modbus;

public sealed class ModbusSourceOverTcpTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_on_a_socket_is_read_with_value_and_raw_words()
    {
        var bank = new TestBank();
        bank[RegisterTable.Holding, 10] = 0x4366;
        bank[RegisterTable.Holding, 11] = 0x199A;
        bank[RegisterTable.Discrete, 3] = 1;
        await using var server = ModbusTcpServer.Start(bank, IPAddress.Loopback, 0, TimeProvider.System);
        var source = new ModbusSource(
            Registers.Device("meter", server.Port,
                Registers.Value("voltage", 10, RegisterType.Float32),
                Registers.Value("door", 3, RegisterType.Bool, RegisterTable.Discrete)),
            TimeProvider.System);

        var batch = await FirstAsync(source);

        var byTag = batch.Samples.ToDictionary(s => s.Tag);
        Assert.Equal(230.1, byTag["voltage"].Value.Number);
        Assert.Equal("0x4366 0x199A", byTag["voltage"].Raw);
        Assert.Equal(1, byTag["door"].Value.Number);
        Assert.All(batch.Samples, s => Assert.Equal(Quality.Good, s.Q));
    }

    [Fact]
    public async Task A_refused_connection_makes_every_tag_bad_with_the_reason()
    {
        int port;
        await using (var server = ModbusTcpServer.Start(new TestBank(), IPAddress.Loopback, 0, TimeProvider.System))
            port = server.Port;
        var source = new ModbusSource(Registers.Device("meter", port, Registers.Word("a", 1), Registers.Word("b", 2)), TimeProvider.System);

        var batch = await FirstAsync(source);

        Assert.Equal(["a", "b"], batch.Samples.Select(s => s.Tag).Order());
        Assert.All(batch.Samples, s => Assert.Equal((Quality.Bad, $"connection refused by 127.0.0.1:{port}"), (s.Q, s.Why)));
    }

    private static async Task<SourceBatch> FirstAsync(ModbusSource source)
    {
        await foreach (var batch in source.ReadAsync(Token))
            return batch;
        throw new InvalidOperationException("no batch");
    }
}
