using System.Globalization;
using System.Net.Sockets;

namespace Penstock.Protocols.Transport;

/// <summary>A TCP connection: small frames leave at once, a silent far end is noticed after about half a minute.</summary>
public sealed class TcpChannel : IByteChannel
{
    private const int KeepAliveIdleSeconds = 10;
    private const int KeepAliveIntervalSeconds = 5;
    private const int KeepAliveProbes = 4;

    private readonly Socket _socket;

    internal TcpChannel(Socket socket, string address)
    {
        _socket = socket;
        Address = address;
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <exception cref="ConnectFailedException">Refused, not reachable, unknown host, or not open within the deadline.</exception>
    public static async ValueTask<IByteChannel> ConnectAsync(string host, int port, TimeSpan deadline, TimeProvider clock, CancellationToken token)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, token);
        try
        {
            Configure(socket);
            await socket.ConnectAsync(host, port, either.Token);
            return new TcpChannel(socket, address);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw ChannelException.OnConnect(address, e);
        }
        catch (OperationCanceledException e)
        {
            socket.Dispose();
            token.ThrowIfCancellationRequested();
            throw new ConnectFailedException(
                string.Create(CultureInfo.InvariantCulture, $"no connection to {address} within {deadline.TotalSeconds:0.###} s"), e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken token)
    {
        try
        {
            var count = await _socket.ReceiveAsync(buffer, SocketFlags.None, token);
            return count > 0 ? count : throw new ConnectionLostException($"{Address} closed the connection");
        }
        catch (SocketException e)
        {
            throw ChannelException.OnUse(Address, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken token)
    {
        try
        {
            while (!bytes.IsEmpty)
                bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, token)..];
        }
        catch (SocketException e)
        {
            throw ChannelException.OnUse(Address, e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void Configure(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveIdleSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
    }
}
