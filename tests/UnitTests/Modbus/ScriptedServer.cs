using System.Net;
using System.Net.Sockets;

namespace Penstock.UnitTests.Modbus;

/// <summary>A socket that does to each request what the script says: the answers of a device that misbehaves.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public ScriptedServer(Func<byte[], NetworkStream, Task> script)
    {
        _listener.Start();
        _serving = ServeAsync(script);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>An answer with these register words to a request for that many.</summary>
    public static byte[] Answer(byte[] request, params ushort[] words)
    {
        byte[] pdu = [request[7], (byte)(2 * words.Length), .. words.SelectMany(w => new[] { (byte)(w >> 8), (byte)w })];
        return Frame(request, pdu);
    }

    /// <summary>Header of the request in front of a PDU.</summary>
    public static byte[] Frame(byte[] request, params byte[] pdu) => [.. request[..4], 0, (byte)(1 + pdu.Length), request[6], .. pdu];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(Func<byte[], NetworkStream, Task> script)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                client.NoDelay = true;
                await ServeAsync(client.GetStream(), script);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(NetworkStream stream, Func<byte[], NetworkStream, Task> script)
    {
        var request = new byte[12];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(request, _stop.Token);
                await script((byte[])request.Clone(), stream);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
        }
    }
}
