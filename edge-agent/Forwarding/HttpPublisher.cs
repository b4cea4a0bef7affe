using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.EdgeAgent.Forwarding;

/// <summary>
/// Groups to the centre over HTTP: zstd-compressed lines, answered after the centre's durable commit. Only an answer in
/// the agreed form that accounts for every line acknowledges; everything else is a <see cref="LinkException"/>.
/// </summary>
internal sealed class HttpPublisher : IPublisher
{
    /// <summary>Unpacked bytes of one request, well below the centre's 16 MiB.</summary>
    public const int MaxBytes = 8 << 20;

    private static readonly TimeSpan RecordsTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan OtherTimeout = TimeSpan.FromSeconds(5);
    private static readonly MediaTypeHeaderValue Ndjson = new("application/x-ndjson");
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly Uri _base;
    private readonly AccessToken _token;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly ConcurrentBag<RecordsBody> _bodies = [];

    public HttpPublisher(Uri to, AccessToken token, TimeProvider clock)
    {
        _base = to.AbsolutePath.EndsWith('/') ? to : new Uri(to.AbsoluteUri + "/");
        _token = token;
        _clock = clock;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !to.IsLoopback,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = 4 << 20,
        };
    }

    public string To => _base.GetLeftPart(UriPartial.Path).TrimEnd('/');

    public string Durability => Durabilities.Historian;

    public async Task<PublishVerdict> PublishAsync(IReadOnlyList<OutboxGroup> groups, CancellationToken token)
    {
        if (groups.Sum(group => (long)group.Lines.Length) > MaxBytes)
            return await InPartsAsync(groups, null, token);

        var answer = await PostRecordsAsync(groups, token);
        return answer.Status == HttpStatusCode.RequestEntityTooLarge && answer.ContentType == "application/problem+json"
            ? await InPartsAsync(groups, answer, token)
            : answer.ReadVerdict(groups, To, _token.Reference);
    }

    public async Task PublishAsync(IReadOnlyList<TagInfo> tags, CancellationToken token)
    {
        var lines = new ArrayBufferWriter<byte>();
        foreach (var tag in tags)
        {
            lines.Write(JsonSerializer.SerializeToUtf8Bytes(tag, ContractsJson.Wire.TagInfo));
            lines.Write("\n"u8);
        }

        var content = new ReadOnlyMemoryContent(lines.WrittenMemory) { Headers = { ContentType = Ndjson } };
        (await PostAsync("api/v1/tags", content, OtherTimeout, token)).ExpectNoContent(To, _token.Reference);
    }

    public async Task PublishAsync(Heartbeat heartbeat, CancellationToken token)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(heartbeat, ContractsJson.Wire.Heartbeat);
        var content = new ByteArrayContent(json) { Headers = { ContentType = Json } };
        (await PostAsync("api/v1/heartbeats", content, OtherTimeout, token)).ExpectNoContent(To, _token.Reference);
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        while (_bodies.TryTake(out var body))
            body.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Halves until the far end takes it; a single record that is still too large is refused, so that it blocks nothing.</summary>
    private async Task<PublishVerdict> InPartsAsync(IReadOnlyList<OutboxGroup> groups, CentreAnswer? tooLarge, CancellationToken token)
    {
        List<RefusedRecord> refused = [];
        foreach (var part in Halves(groups))
        {
            if (part is [{ Count: 1 } single] && groups is [{ Count: 1 }])
                refused.Add(new RefusedRecord(single.Epoch, single.FirstSeq, $"too large for {To}: {tooLarge?.Fault(To, _token.Reference).Message}"));
            else
                refused.AddRange((await PublishAsync(part, token)).Refused);
        }

        return new PublishVerdict(refused);
    }

    private static IReadOnlyList<IReadOnlyList<OutboxGroup>> Halves(IReadOnlyList<OutboxGroup> groups)
    {
        if (groups.Count > 1)
            return [[.. groups.Take(groups.Count / 2)], [.. groups.Skip(groups.Count / 2)]];
        return RecordLines.Split(groups[0]) is { } halves ? [[halves.First], [halves.Second]] : [groups];
    }

    private async Task<CentreAnswer> PostRecordsAsync(IReadOnlyList<OutboxGroup> groups, CancellationToken token)
    {
        var body = _bodies.TryTake(out var used) ? used : new RecordsBody();
        try
        {
            var answer = await PostAsync("api/v1/records", body.Pack(groups, Timestamp.Now(_clock)), RecordsTimeout, token);
            _bodies.Add(body);
            return answer;
        }
        catch (Exception)
        {
            // A request that broke off may still be reading the buffer, so it is not used again.
            body.Dispose();
            throw;
        }
    }

    private async Task<CentreAnswer> PostAsync(string path, HttpContent content, TimeSpan timeout, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(timeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(token, deadline.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_base, path)) { Content = content };
        if (_token.Read() is { } bearer)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, both.Token);
            var body = await response.Content.ReadAsByteArrayAsync(both.Token);
            return new CentreAnswer(
                response.StatusCode, response.Content.Headers.ContentType?.MediaType, body, response.Headers.RetryAfter?.Delta);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            throw new LinkException($"{To} did not answer within {timeout.TotalSeconds:0} s; check that the centre runs and is not overloaded");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new LinkException(Explain(e), e);
        }
    }

    private string Explain(Exception e) => (e as HttpRequestException)?.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => $"the name {_base.Host} cannot be resolved; check forward.to and the DNS server",
        HttpRequestError.ConnectionError => $"no connection to {To} ({Innermost(e)}); check that the centre runs and the network path is open",
        HttpRequestError.SecureConnectionError => $"no secure connection to {To} ({Innermost(e)}); check its certificate and the clock of this machine",
        HttpRequestError.ConfigurationLimitExceeded => $"{To} answered with more than 4 MiB; check that this is the address of a Penstock centre",
        _ => $"{To} broke off or did not speak HTTP ({Innermost(e)}); check that this is the address of a Penstock centre",
    };

    private static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e.Message;
    }
}
