using System.Net;
using System.Net.Sockets;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Modbus.Server;
using Penstock.Protocols.Profiles;
using Penstock.Protocols.Transport;
using Xunit;

namespace Penstock.UnitTests.Modbus;

public sealed class ModbusTcpServerTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Request PDU and the PDU that must answer it; holding 0 to 199 hold their own address.</summary>
    public static TheoryData<string, byte[], byte[]> Golden => new()
    {
        { "two registers", [3, 0, 1, 0, 2], [3, 4, 0, 1, 0, 2] },
        { "ten coils, every third set", [1, 0, 0, 0, 10], [1, 2, 0b0100_1001, 0b10] },
        { "unknown function", [6, 0, 1, 0, 2], [0x86, 1] },
        { "address not there", [3, 1, 0, 0, 1], [0x83, 2] },
        { "beyond the address space", [3, 0xFF, 0xFF, 0, 2], [0x83, 2] },
        { "no registers", [3, 0, 0, 0, 0], [0x83, 3] },
        { "126 registers", [3, 0, 0, 0, 126], [0x83, 3] },
        { "2001 bits", [1, 0, 0, 0x07, 0xD1], [0x81, 3] },
        { "short request", [3, 0, 0], [0x83, 3] },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public async Task A_request_is_answered_with_these_bytes(string what, byte[] request, byte[] expected)
    {
        var bank = Bank();
        await using var server = ModbusTcpServer.Start(bank, IPAddress.Loopback, 0, TimeProvider.System);
        using var client = new TcpClient("127.0.0.1", server.Port);
        var stream = client.GetStream();

        await stream.WriteAsync((byte[])[1, 2, 0, 0, 0, (byte)(request.Length + 1), 9, .. request], Token);
        var answer = new byte[7 + expected.Length];
        await stream.ReadExactlyAsync(answer, Token);

        Assert.Equal((what, Convert.ToHexString([1, 2, 0, 0, 0, (byte)(expected.Length + 1), 9, .. expected])), (what, Convert.ToHexString(answer)));
    }

    [Theory]
    [InlineData(BankReplyKind.WrongUnit, ReadOutcome.Refused)]
    [InlineData(BankReplyKind.WrongLength, ReadOutcome.Refused)]
    [InlineData(BankReplyKind.ByteByByte, ReadOutcome.Answered)]
    public async Task Faults_of_the_bank_reach_the_client(BankReplyKind fault, ReadOutcome expected)
    {
        var bank = Bank();
        bank.Fault = _ => new(fault);
        await using var server = ModbusTcpServer.Start(bank, IPAddress.Loopback, 0, TimeProvider.System);
        await using var client = await ConnectAsync(server);

        var answer = await client.ReadAsync(1, new(RegisterTable.Holding, 0, 10), Deadline, Token);

        Assert.Equal(expected, answer.Outcome);
    }

    [Fact]
    public async Task A_bank_that_hangs_up_closes_the_connection()
    {
        var bank = Bank();
        bank.Fault = _ => new(BankReplyKind.HangUp);
        await using var server = ModbusTcpServer.Start(bank, IPAddress.Loopback, 0, TimeProvider.System);
        await using var client = await ConnectAsync(server);

        await Assert.ThrowsAsync<ConnectionLostException>(() => client.ReadAsync(1, new(RegisterTable.Holding, 0, 1), Deadline, Token).AsTask());
    }

    [Fact]
    public async Task Many_clients_are_served_at_once_while_one_sends_nonsense()
    {
        await using var server = ModbusTcpServer.Start(Bank(), IPAddress.Loopback, 0, TimeProvider.System);
        using var nonsense = new TcpClient("127.0.0.1", server.Port);
        await nonsense.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Token);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            await using var client = await ConnectAsync(server);
            return (await client.ReadAsync(1, new(RegisterTable.Holding, 0, 125), Deadline, Token)).Outcome;
        }));

        Assert.All(outcomes, o => Assert.Equal(ReadOutcome.Answered, o));
        Assert.Equal(0, await nonsense.GetStream().ReadAsync(new byte[1], Token));
    }

    private static TestBank Bank()
    {
        var bank = new TestBank();
        bank.Fill(RegisterTable.Holding, 0, 200);
        for (var i = 0; i < 2000; i++)
            bank[RegisterTable.Coil, i] = (ushort)(i % 3 == 0 ? 1 : 0);
        return bank;
    }

    private static async Task<ModbusClient> ConnectAsync(ModbusTcpServer server) =>
        new(await TcpChannel.ConnectAsync("127.0.0.1", server.Port, Deadline, TimeProvider.System, Token), TimeProvider.System, new("test"));
}
