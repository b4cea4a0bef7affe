using System.Net;

namespace Penstock.Central.Commands;

/// <summary>What the start prints for people.</summary>
internal static class StartText
{
    public static string FromLaptop(int port) =>
        $"from a laptop: ssh -L {port}:127.0.0.1:{port} {Environment.UserName}@{Environment.MachineName}   then open http://127.0.0.1:{port}/";

    /// <summary>True when 127.0.0.1 is among the addresses listened on, as the tunnel needs.</summary>
    public static bool HasLoopback(IPAddress address) =>
        address.Equals(IPAddress.Loopback) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>The name under which others reach this machine: the address itself, or the machine's name when it is "any".</summary>
    public static string HostName(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? Environment.MachineName
        : address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]"
        : address.ToString();
}
