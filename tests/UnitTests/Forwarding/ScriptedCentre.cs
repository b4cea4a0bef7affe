using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Penstock.UnitTests.Forwarding;

/// <summary>A centre that plays a script: a real socket on loopback, one answer per request in order, the last one for ever.</summary>
internal sealed class ScriptedCentre : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<Func<Request, Answer>> _script;
    private readonly Task _serving;
    private Func<Request, Answer> _last;

    public ScriptedCentre(params Func<Request, Answer>[] script)
    {
        _script = new Queue<Func<Request, Answer>>(script);
        _last = script[^1];
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public List<Request> Requests { get; } = [];

    public static Answer Verdict(long stored, long duplicates = 0, string refused = "") =>
        new(200, "application/json", $$"""{"stored":{{stored}},"duplicates":{{duplicates}},"refused":[{{refused}}]}""");

    public static Answer Problem(int status, string detail) =>
        new(status, "application/problem+json", $$"""{"type":"about:blank","title":"refused","status":{{status}},"detail":"{{detail}}"}""");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAllAsync(client.GetStream());
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
        }
    }

    private async Task AnswerAllAsync(NetworkStream stream)
    {
        while (await ReadAsync(stream) is { } request)
        {
            lock (Requests)
                Requests.Add(request);
            if (_script.TryDequeue(out var next))
                _last = next;
            var answer = _last(request);
            await stream.WriteAsync(answer.Bytes(), _stop.Token);
            if (answer.Raw is not null)
                return;
        }
    }

    private async Task<Request?> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
                return null;
            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n");
        var headers = lines[1..].Where(line => line.Contains(':')).Select(line => line.Split(':', 2)).ToDictionary(
            pair => pair[0].ToLowerInvariant(), pair => pair[1].Trim());
        var body = new byte[int.Parse(headers.GetValueOrDefault("content-length", "0"))];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return new Request(lines[0].Split(' ')[1], headers, body);
    }

    internal sealed record Request(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
    {
        public string Text
        {
            get
            {
                using var zstd = new ZstdSharp.Decompressor();
                var body = Headers.GetValueOrDefault("content-encoding") == "zstd" ? zstd.Unwrap(Body).ToArray() : Body;
                return Encoding.UTF8.GetString(body);
            }
        }
    }

    /// <summary><paramref name="Raw"/>: these bytes instead of HTTP, then the connection is closed.</summary>
    internal sealed record Answer(int Status, string Type, string Body, string? Raw = null, string? Header = null)
    {
        public static Answer Bytewise(string raw) => new(0, "", "", raw);

        public byte[] Bytes() => Encoding.UTF8.GetBytes(
            Raw ?? $"HTTP/1.1 {Status} x\r\nContent-Type: {Type}\r\n{Header}Content-Length: {Encoding.UTF8.GetByteCount(Body)}\r\n\r\n{Body}");
    }
}
