using System.Net;
using System.Net.Sockets;
using Penstock.Protocols.Transport;

namespace Penstock.Protocols.Modbus.Server;

/// <summary>
/// A Modbus TCP device for simulators and tests: function codes 1 to 4 from an <see cref="IRegisterBank"/>, many
/// connections, any unit id. Requests of one connection are answered in their order.
/// </summary>
public sealed class ModbusTcpServer : IAsyncDisposable
{
    private const int MaxConnections = 256;

    private readonly IRegisterBank _bank;
    private readonly TimeProvider _clock;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    private ModbusTcpServer(Socket listener, IRegisterBank bank, TimeProvider clock)
    {
        _listener = listener;
        _bank = bank;
        _clock = clock;
        _accepting = AcceptAsync();
    }

    /// <summary>The port it listens on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port; // Bound since before the constructor.

    /// <summary>Listens at once; port 0 takes a free one.</summary>
    /// <exception cref="SocketException">The port is taken or not allowed.</exception>
    public static ModbusTcpServer Start(IRegisterBank bank, IPAddress address, int port, TimeProvider clock)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(address, port));
            listener.Listen(MaxConnections);
        }
        catch (SocketException)
        {
            listener.Dispose();
            throw;
        }

        return new(listener, bank, clock);
    }

    /// <summary>Closes every connection and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                socket.NoDelay = true;
                _connections.RemoveAll(c => c.IsCompletedSuccessfully);
                if (_connections.Count < MaxConnections)
                    _connections.Add(ServeAsync(new TcpChannel(socket, "client")));
                else
                    socket.Dispose();
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A caller that was gone before it was accepted; the next one may be fine.
            }
        }
    }

    private async Task ServeAsync(TcpChannel channel)
    {
        await using (channel)
        {
            try
            {
                await new ServerConnection(channel, _bank, _clock).RunAsync(_stop.Token);
            }
            catch (Exception e) when (e is ChannelException or OperationCanceledException)
            {
                // The client has gone, or the server ends.
            }
        }
    }
}
