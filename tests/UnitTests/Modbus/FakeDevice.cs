using Penstock.Protocols.Modbus;
using Penstock.Protocols.Modbus.Server;
using Penstock.Protocols.Transport;

namespace Penstock.UnitTests.Modbus;

/// <summary>A device without a network: answers at once from its bank, refuses connections, or stays silent.</summary>
internal sealed class FakeDevice
{
    public TestBank Bank { get; } = new();

    public bool Refuses { get; set; }

    /// <summary>Connections are never answered, as behind a firewall that drops.</summary>
    public bool DropsConnections { get; set; }

    public bool Silent { get; set; }

    /// <summary>The next request finds its connection closed, as after a long idle time.</summary>
    public bool ClosesOnce { get; set; }

    public int Connects { get; private set; }

    public async ValueTask<IByteChannel> OpenAsync(CancellationToken token)
    {
        Connects++;
        if (DropsConnections)
            await UntilCancelledAsync(token);
        return Refuses ? throw new ConnectFailedException("connection refused by fake:502") : new Channel(this);
    }

    /// <summary>Ends on the thread that cancels, unlike a delay.</summary>
    private static async Task UntilCancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = token.UnsafeRegister(_ => cancelled.TrySetCanceled(token), null);
        await cancelled.Task;
    }

    private sealed class Channel(FakeDevice device) : IByteChannel
    {
        private readonly byte[] _answer = new byte[Mbap.MaxFrameLength];
        private readonly ushort[] _values = new ushort[ReadRequest.MaxBits];
        private int _length;

        public string Address => "fake:502";

        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken token)
        {
            if (device.Refuses || device.ClosesOnce)
            {
                device.ClosesOnce = false;
                throw new ConnectionLostException("fake:502 closed the connection");
            }

            if (_length == 0)
                await UntilCancelledAsync(token);
            var count = _length;
            _answer.AsMemory(0, count).CopyTo(buffer);
            _length = 0;
            return count;
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken token)
        {
            var framer = new MbapFramer();
            bytes.CopyTo(framer.Room());
            framer.Filled(bytes.Length);
            framer.Next(out var request);
            var reply = ServerCodec.Answer(request, device.Bank, _values, _answer, out _length);
            if (device.Silent || reply.Kind == BankReplyKind.Silence)
                _length = 0;
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
