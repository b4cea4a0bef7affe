using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Profiles;
using Penstock.Protocols.Transport;
using Xunit;

namespace Penstock.UnitTests.Modbus;

public sealed class ModbusClientTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private static readonly ReadRequest TwoWords = new(RegisterTable.Holding, 100, 2);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    private readonly ModbusCounters _counters = new("device");
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_request_has_these_bytes_and_its_answer_is_read()
    {
        byte[]? seen = null;
        await using var server = new ScriptedServer((request, stream) =>
        {
            seen = request;
            return Send(stream, ScriptedServer.Answer(request, 0x1234, 0x5678));
        });
        await using var client = await ConnectAsync(server);

        var answer = await client.ReadAsync(17, TwoWords, Deadline, Token);

        Assert.Equal([0, 1, 0, 0, 0, 6, 17, 3, 0, 100, 0, 2], seen!);
        Assert.Equal((ReadOutcome.Answered, (ushort)0x1234, (ushort)0x5678), (answer.Outcome, answer.Word(0), answer.Word(1)));
    }

    [Fact]
    public async Task An_answer_byte_by_byte_is_one_answer()
    {
        await using var server = new ScriptedServer(async (request, stream) =>
        {
            foreach (var b in ScriptedServer.Answer(request, 7, 8))
                await Send(stream, [b]);
        });
        await using var client = await ConnectAsync(server);

        var answer = await client.ReadAsync(1, TwoWords, Deadline, Token);

        Assert.Equal((ReadOutcome.Answered, (ushort)8), (answer.Outcome, answer.Word(1)));
    }

    [Fact]
    public async Task Foreign_answers_merged_with_the_right_one_are_dropped_and_counted()
    {
        await using var server = new ScriptedServer((request, stream) =>
        {
            var foreign = ScriptedServer.Answer(request, 6, 6);
            (foreign[0], foreign[1]) = (0x7A, 0x7A);
            return Send(stream, [.. foreign, .. foreign, .. ScriptedServer.Answer(request, 7, 8)]);
        });
        await using var client = await ConnectAsync(server);

        var answer = await client.ReadAsync(1, TwoWords, Deadline, Token);

        Assert.Equal((ushort)7, answer.Word(0));
        Assert.Equal(2, _counters[ModbusCount.ForeignAnswers]);
    }

    [Fact]
    public async Task A_late_answer_is_never_taken_for_the_next_one()
    {
        byte[]? late = null;
        await using var server = new ScriptedServer(async (request, stream) =>
        {
            if (late is null)
            {
                late = ScriptedServer.Answer(request, 1, 1);
                _clock.Advance(Deadline);
                return;
            }

            await Send(stream, [.. late, .. ScriptedServer.Answer(request, 2, 2)]);
        });
        await using var client = await ConnectAsync(server);

        var first = await client.ReadAsync(1, TwoWords, Deadline, Token);
        var second = await client.ReadAsync(1, TwoWords, Deadline, Token);

        Assert.Equal((ReadOutcome.NoAnswer, $"no answer from 127.0.0.1:{server.Port} unit 1 within 1 s"), (first.Outcome, first.Reason));
        Assert.Equal((ReadOutcome.Answered, (ushort)2), (second.Outcome, second.Word(0)));
        Assert.Equal(1, _counters[ModbusCount.LateAnswers]);
    }

    [Fact]
    public async Task Half_an_answer_and_then_nothing_is_no_answer_and_its_rest_is_late()
    {
        byte[]? whole = null;
        await using var server = new ScriptedServer(async (request, stream) =>
        {
            if (whole is null)
            {
                whole = ScriptedServer.Answer(request, 1, 1);
                await Send(stream, whole[..5]);
                _clock.Advance(Deadline);
                return;
            }

            await Send(stream, [.. whole[5..], .. ScriptedServer.Answer(request, 2, 2)]);
        });
        await using var client = await ConnectAsync(server);

        var first = await client.ReadAsync(1, TwoWords, Deadline, Token);
        var second = await client.ReadAsync(1, TwoWords, Deadline, Token);

        Assert.Equal(ReadOutcome.NoAnswer, first.Outcome);
        Assert.Equal((ushort)2, second.Word(0));
    }

    public static TheoryData<string, byte[], ModbusCount, string> WrongAnswers => new()
    {
        { "other unit", [2, 3, 4, 0, 1, 0, 2], ModbusCount.WrongUnit, "answer came from unit 2 instead of 1" },
        { "other function", [1, 4, 4, 0, 1, 0, 2], ModbusCount.WrongFunction, "answer has function code 4 instead of 3" },
        { "too few bytes", [1, 3, 2, 0, 1], ModbusCount.WrongLength, "answer has 2 bytes of data instead of 4" },
        { "too many bytes", [1, 3, 6, 0, 1, 0, 2, 0, 3], ModbusCount.WrongLength, "answer has 6 bytes of data instead of 4" },
        { "count does not fit", [1, 3, 4, 0, 1, 0], ModbusCount.WrongLength, "answer has 3 bytes of data instead of 4" },
        { "function code alone", [1, 3], ModbusCount.WrongLength, "answer has 0 bytes of data instead of 4" },
        { "long exception", [1, 0x83, 2, 2], ModbusCount.WrongLength, "exception of 3 bytes instead of 2" },
    };

    [Theory]
    [MemberData(nameof(WrongAnswers))]
    public async Task A_wrong_answer_is_refused_with_the_reason_and_the_connection_goes_on(string what, byte[] unitAndPdu, ModbusCount count, string reason)
    {
        var asked = 0;
        await using var server = new ScriptedServer((request, stream) => Send(stream, asked++ == 0
            ? [.. request[..4], 0, (byte)unitAndPdu.Length, .. unitAndPdu]
            : ScriptedServer.Answer(request, 2, 2)));
        await using var client = await ConnectAsync(server);

        var first = await client.ReadAsync(1, TwoWords, Deadline, Token);
        var second = await client.ReadAsync(1, TwoWords, Deadline, Token);

        Assert.Equal((what, ReadOutcome.Refused, reason), (what, first.Outcome, first.Reason));
        Assert.Equal(1, _counters[count]);
        Assert.Equal(ReadOutcome.Answered, second.Outcome);
    }

    [Fact]
    public async Task An_exception_is_an_outcome_with_its_code()
    {
        await using var server = new ScriptedServer((request, stream) => Send(stream, ScriptedServer.Frame(request, 0x83, 2)));
        await using var client = await ConnectAsync(server);

        var answer = await client.ReadAsync(1, TwoWords, Deadline, Token);

        Assert.Equal((ReadOutcome.Exception, ExceptionCode.IllegalAddress), (answer.Outcome, answer.Code));
        Assert.Equal("exception 2, illegal data address", answer.Reason);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 0)]
    [InlineData(0, 255)]
    [InlineData(1, 6)]
    public async Task Bytes_that_are_no_modbus_tcp_end_the_connection(byte protocol, byte length)
    {
        await using var server = new ScriptedServer((request, stream) => Send(stream, [request[0], request[1], 0, protocol, 0, length, 1, 3, 4, 0, 0, 0, 0]));
        await using var client = await ConnectAsync(server);

        var error = await Assert.ThrowsAsync<ChannelException>(() => client.ReadAsync(1, TwoWords, Deadline, Token).AsTask());

        Assert.Equal($"127.0.0.1:{server.Port} sends bytes that are no Modbus TCP", error.Message);
        Assert.Equal(1, _counters[ModbusCount.Desynchronised]);
    }

    [Fact]
    public async Task Half_a_frame_and_then_the_end_is_a_lost_connection()
    {
        await using var server = new ScriptedServer(async (request, stream) =>
        {
            await Send(stream, ScriptedServer.Answer(request, 1, 2)[..9]);
            stream.Socket.Shutdown(SocketShutdown.Both);
        });
        await using var client = await ConnectAsync(server);

        var error = await Assert.ThrowsAsync<ConnectionLostException>(() => client.ReadAsync(1, TwoWords, Deadline, Token).AsTask());

        Assert.Equal($"127.0.0.1:{server.Port} closed the connection", error.Message);
    }

    [Fact]
    public async Task A_cancelled_caller_gets_its_cancellation_and_not_a_silent_device()
    {
        using var caller = new CancellationTokenSource();
        await using var server = new ScriptedServer((_, _) => caller.CancelAsync());
        await using var client = await ConnectAsync(server);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ReadAsync(1, TwoWords, Deadline, caller.Token).AsTask());

        Assert.Equal(0, _counters[ModbusCount.NoAnswers]);
    }

    [Fact]
    public async Task Transaction_numbers_wrap_without_harm()
    {
        var device = new FakeDevice();
        device.Bank.Fill(RegisterTable.Holding, 100, 2);
        await using var client = new ModbusClient(await device.OpenAsync(Token), _clock, _counters);

        for (var i = 0; i < 66_000; i++)
            Assert.Equal(ReadOutcome.Answered, (await client.ReadAsync(1, TwoWords, Deadline, Token)).Outcome);

        Assert.Equal(66_000, _counters[ModbusCount.Answers]);
    }

    private static Task Send(NetworkStream stream, byte[] bytes) => stream.WriteAsync(bytes, Token).AsTask();

    private async Task<ModbusClient> ConnectAsync(ScriptedServer server) =>
        new(await TcpChannel.ConnectAsync("127.0.0.1", server.Port, Deadline, _clock, Token), _clock, _counters);
}
