using System.Globalization;
using Penstock.Contracts;
using Penstock.Protocols.Transport;

namespace Penstock.Protocols.Modbus;

/// <summary>
/// One connection to a Modbus TCP device, one request at a time. Answers are matched by transaction id: late and
/// foreign ones are dropped and counted, and never taken for the current one. Every wait has a deadline.
/// Throws <see cref="ChannelException"/> when the connection is gone or the stream is no Modbus TCP; then it must be disposed.
/// </summary>
public sealed class ModbusClient(IByteChannel channel, TimeProvider clock, ModbusCounters counters) : IAsyncDisposable
{
    private const int RememberedTransactions = 64;

    private readonly MbapFramer _framer = new();
    private readonly byte[] _request = new byte[Mbap.HeaderLength + ReadRequest.PduLength];
    private ushort _transaction;
    private long _sent;
    private int _busy;

    /// <exception cref="InvalidOperationException">A request is under way already.</exception>
    public async ValueTask<ReadAnswer> ReadAsync(byte unit, ReadRequest request, TimeSpan deadline, CancellationToken token)
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0)
            throw new InvalidOperationException("One request at a time.");
        using var limit = new CancellationTokenSource(deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, token);
        try
        {
            await SendAsync(unit, request, token, either.Token);
            return await MatchAsync(unit, request, either.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            counters.Add(ModbusCount.NoAnswers);
            return new(ReadOutcome.NoAnswer, Timestamp.Now(clock), default, ExceptionCode.None, string.Create(
                CultureInfo.InvariantCulture, $"no answer from {channel.Address} unit {unit} within {deadline.TotalSeconds:0.###} s"));
        }
        finally
        {
            _busy = 0;
        }
    }

    public ValueTask DisposeAsync() => channel.DisposeAsync();

    private async ValueTask SendAsync(byte unit, ReadRequest request, CancellationToken token, CancellationToken limited)
    {
        _transaction++;
        _sent++;
        request.Write(_request.AsSpan(Mbap.HeaderLength));
        Mbap.WriteHeader(_request, _transaction, unit, ReadRequest.PduLength);
        counters.Add(ModbusCount.Requests);
        try
        {
            await channel.WriteAsync(_request, limited);
        }
        catch (OperationCanceledException e) when (!token.IsCancellationRequested)
        {
            // A request may be half sent; what follows on this connection would be read as its rest.
            throw new ConnectionLostException($"{channel.Address} takes no more requests", e);
        }
    }

    private async ValueTask<ReadAnswer> MatchAsync(byte unit, ReadRequest request, CancellationToken token)
    {
        while (true)
        {
            token.ThrowIfCancellationRequested();
            switch (_framer.Next(out var frame))
            {
                case FrameState.Desynchronised:
                    counters.Add(ModbusCount.Desynchronised);
                    throw new ChannelException($"{channel.Address} sends bytes that are no Modbus TCP");
                case FrameState.Incomplete:
                    _framer.Filled(await channel.ReadAsync(_framer.Room(), token));
                    break;
                case FrameState.Complete when frame.Transaction != _transaction:
                    counters.Add(WasGivenUp(frame.Transaction) ? ModbusCount.LateAnswers : ModbusCount.ForeignAnswers);
                    break;
                default:
                    var (answer, count) = ReadAnswerCodec.Decode(frame, unit, request, Timestamp.Now(clock));
                    counters.Add(count);
                    return answer;
            }
        }
    }

    private bool WasGivenUp(ushort transaction)
    {
        var age = (ushort)(_transaction - transaction);
        return age >= 1 && age < Math.Min(_sent, RememberedTransactions);
    }
}
