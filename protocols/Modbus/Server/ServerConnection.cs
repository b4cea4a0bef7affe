using Penstock.Protocols.Transport;

namespace Penstock.Protocols.Modbus.Server;

/// <summary>One client of the server, until it closes, sends no Modbus TCP, or the bank hangs up.</summary>
internal sealed class ServerConnection(IByteChannel channel, IRegisterBank bank, TimeProvider clock)
{
    private readonly MbapFramer _framer = new();
    private readonly ushort[] _values = new ushort[ReadRequest.MaxBits];
    private readonly byte[] _answer = new byte[Mbap.MaxFrameLength];

    public async Task RunAsync(CancellationToken token)
    {
        while (true)
        {
            switch (_framer.Next(out var request))
            {
                case FrameState.Desynchronised:
                    return;
                case FrameState.Incomplete:
                    _framer.Filled(await channel.ReadAsync(_framer.Room(), token));
                    break;
                default:
                    if (!await AnswerAsync(request, token))
                        return;
                    break;
            }
        }
    }

    private async ValueTask<bool> AnswerAsync(MbapFrame request, CancellationToken token)
    {
        var reply = ServerCodec.Answer(request, bank, _values, _answer, out var length);
        if (reply.Delay > TimeSpan.Zero)
            await Task.Delay(reply.Delay, clock, token);
        if (reply.Kind == BankReplyKind.HangUp)
            return false;
        if (reply.Kind == BankReplyKind.Silence)
            return true;

        var step = reply.Kind == BankReplyKind.ByteByByte ? 1 : length;
        for (var sent = 0; sent < length; sent += step)
            await channel.WriteAsync(_answer.AsMemory(sent, step), token);
        return true;
    }
}
