using System.Net;
using System.Net.Sockets;

namespace Penstock.IntegrationTests.Kit;

/// <summary>What the wire does with connections and bytes.</summary>
internal enum Wire
{
    Passes,
    /// <summary>Open connections are reset, new ones refused as soon as they are accepted.</summary>
    Cut,
    /// <summary>Connections stay, bytes vanish.</summary>
    Swallows,
}

/// <summary>A TCP proxy between agent and centre whose far end may move and whose wire can be cut, blackholed or delayed.</summary>
internal sealed class LinkProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<Socket> _open = [];
    private readonly Task _accepting;
    private long _bytesUp;

    public LinkProxy()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Accept();
    }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>Port of the far end on loopback; 0 = nobody there.</summary>
    public int Target { get; set; }

    public TimeSpan Delay { get; set; }

    public Wire Wire { get; private set; }

    /// <summary>Bytes that went towards the far end.</summary>
    public long BytesUp => Interlocked.Read(ref _bytesUp);

    public void Set(Wire wire)
    {
        Wire = wire;
        if (wire == Wire.Cut)
            CloseAll();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        CloseAll();
        await _accepting;
        _end.Dispose();
    }

    private async Task Accept()
    {
        var carried = new List<Task>();
        try
        {
            while (true)
                carried.Add(Carry(await _listener.AcceptSocketAsync(_end.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(carried);
        }
    }

    private async Task Carry(Socket near)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (near)
        {
            try
            {
                Keep(near, far);
                if (Wire == Wire.Cut || Target == 0)
                    return;
                await far.ConnectAsync(IPAddress.Loopback, Target, _end.Token);
                await Task.WhenAny(Pump(near, far, up: true), Pump(far, near, up: false));
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The connection ends with its wire.
            }
            finally
            {
                Forget(near, far);
                near.Close(0);
                far.Close(0);
            }
        }
    }

    private async Task Pump(Socket from, Socket to, bool up)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, _end.Token) is > 0 and var count)
        {
            if (Delay > TimeSpan.Zero)
                await Task.Delay(Delay, _end.Token);
            if (Wire == Wire.Swallows)
                continue;
            if (up)
                Interlocked.Add(ref _bytesUp, count);
            await to.SendAsync(buffer.AsMemory(0, count), _end.Token);
        }
    }

    private void Keep(params Socket[] sockets)
    {
        lock (_open)
            _open.AddRange(sockets);
    }

    private void Forget(params Socket[] sockets)
    {
        lock (_open)
            _open.RemoveAll(sockets.Contains);
    }

    private void CloseAll()
    {
        lock (_open)
        {
            foreach (var socket in _open)
                socket.Close(0);
        }
    }
}
