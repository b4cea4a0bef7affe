using System.Net.Sockets;

namespace Penstock.Protocols.Transport;

/// <summary>A connection that could not be opened or is lost; the message names the address and the reason.</summary>
public class ChannelException(string message, Exception? cause = null) : Exception(message, cause)
{
    internal static ChannelException OnConnect(string address, Exception cause) => new ConnectFailedException(
        cause is not SocketException socket ? $"cannot connect to {address}: {cause.Message}" : socket.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => $"connection refused by {address}",
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"unknown host in {address}",
            SocketError.HostUnreachable or SocketError.HostDown => $"host of {address} is not reachable",
            SocketError.NetworkUnreachable or SocketError.NetworkDown => $"no network towards {address}",
            SocketError.TimedOut => $"no connection to {address}: the host does not answer",
            _ => $"cannot connect to {address}: {socket.Message}",
        },
        cause);

    internal static ChannelException OnUse(string address, Exception cause) => new ConnectionLostException(
        cause is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown }
            ? $"connection to {address} was reset"
            : $"connection to {address} is lost: {cause.Message}",
        cause);
}

/// <summary>The connection did not come about: refused, not reachable, unknown host, too slow.</summary>
public sealed class ConnectFailedException(string message, Exception? cause = null) : ChannelException(message, cause);

/// <summary>The connection was open and is gone.</summary>
public sealed class ConnectionLostException(string message, Exception? cause = null) : ChannelException(message, cause);
