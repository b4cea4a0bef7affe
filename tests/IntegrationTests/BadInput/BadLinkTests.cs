using System.Net;
using System.Net.Sockets;
using System.Text;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.BadInput;

/// <summary>A centre that is not there, or answers nonsense: the agent says so, goes on, and nothing is lost.</summary>
public sealed class BadLinkTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("this is no HTTP at all\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\nConnection: close\r\n\r\n<html>hi</html>")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")]
    [InlineData("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    public async Task What_a_missing_or_mad_centre_did_not_take_arrives_at_the_right_one(string? answer)
    {
        using var folder = new TempFolder();
        await using var device = await Peer.Start("counting_device.py", folder["answered"]);
        await using var wire = new LinkProxy();
        await using var mad = answer is null ? null : new MadServer(answer);
        wire.Target = mad?.Port ?? 0;
        var plant = new Plant(folder) { To = wire.Address, Timeout = "5s" }.Profile("count", "250ms", "uint32", "count").Device("counter", "count", device.Port);

        await using var agent = await Agent.Start(plant.Write(), folder["agent"]);
        await Until.True("the device was polled", () => File.ReadLines(folder["answered"]).Count() > 12);
        Assert.Contains("down", agent.Program.Output, StringComparison.Ordinal);
        Assert.Contains(wire.Address, agent.Program.Output, StringComparison.Ordinal);

        await using var centre = await Centre.Start(folder["centre"]);
        wire.Target = centre.Port;
        await Until.True("all numbers stand in the history", async () =>
            (await centre.History(plant.Site("counter", "count"))) is var points && points.Count > 12
            && points.Select(point => (int)point.Value!).SequenceEqual(Enumerable.Range(1, points.Count)));
    }

    /// <summary>Answers every request with the same bytes and closes.</summary>
    private sealed class MadServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly byte[] _answer;
        private readonly Task _serving;

        public MadServer(string answer)
        {
            _answer = Encoding.ASCII.GetBytes(answer);
            _listener.Start();
            _serving = Serve();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
        }

        private async Task Serve()
        {
            var buffer = new byte[64 * 1024];
            try
            {
                while (true)
                {
                    using var socket = await _listener.AcceptSocketAsync();
                    if (await socket.ReceiveAsync(buffer) > 0)
                        await socket.SendAsync(_answer);
                    socket.Shutdown(SocketShutdown.Both);
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // The test is over, or the agent hung up first.
            }
        }
    }
}
