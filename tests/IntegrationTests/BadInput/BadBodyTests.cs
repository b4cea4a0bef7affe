using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.BadInput;

/// <summary>Bodies the centre must not swallow: refused with a reason, and the next good one is stored.</summary>
public sealed class BadBodyTests : IAsyncLifetime
{
    private const long MegaByte = 1_000_000;
    private readonly TempFolder _folder = new();
    private Centre _centre = null!; // Set before each test by InitializeAsync.

    public async ValueTask InitializeAsync() => _centre = await Centre.Start(_folder["centre"]);

    public async ValueTask DisposeAsync()
    {
        await _centre.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("site", "North Plant!")]
    [InlineData("device", "a/b")]
    [InlineData("tag", "")]
    public async Task A_record_with_a_name_that_is_not_allowed_is_refused_and_its_neighbours_are_stored(string field, string name)
    {
        var wrong = JsonNode.Parse(Line(2))!;
        wrong[field] = name;

        var answer = await Post(Encoding.UTF8.GetBytes($"{Line(1)}\n{wrong.ToJsonString()}\n{Line(3)}\n"));
        var verdict = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(2, verdict["stored"]!.GetValue<int>());
        var refused = Assert.Single(verdict["refused"]!.AsArray())!;
        Assert.Equal(2, refused["line"]!.GetValue<int>());
        Assert.False(string.IsNullOrWhiteSpace(refused["reason"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_body_of_100_MB_is_refused()
    {
        HttpStatusCode? status = null;
        try
        {
            status = (await Post(new byte[100 * MegaByte])).StatusCode;
        }
        catch (HttpRequestException)
        {
            // The centre may close the connection while we still send.
        }

        Assert.True(status is null or HttpStatusCode.RequestEntityTooLarge, $"{status}");
        await StillWorks();
    }

    [Fact]
    public async Task A_small_body_that_unpacks_to_100_MB_is_refused_without_taking_the_memory()
    {
        var before = Resident();
        var answer = await Post(Zip(new byte[100 * MegaByte]), "gzip");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.True(Resident() - before < 64 * MegaByte, $"{before} bytes before, {Resident()} after");
        await StillWorks();
    }

    [Fact]
    public async Task A_half_sent_body_stores_nothing_of_it()
    {
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, _centre.Port);
            var half = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $"POST /api/v1/records HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100000\r\n\r\n{Line(1)}\n{Line(2)[..40]}"));
            await socket.GetStream().WriteAsync(half);
        }

        await StillWorks();
        Assert.Equal([9L], (await _centre.History("bad-input/device/tag")).Select(point => point.Seq));
    }

    [Fact]
    public async Task A_body_that_breaks_off_in_its_compression_is_refused_whole()
    {
        var whole = Zip(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 2000).Select(seq => Line(seq) + "\n"))));

        var answer = await Post(whole[..(whole.Length / 2)], "gzip");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        await StillWorks();
    }

    private async Task StillWorks()
    {
        var answer = await Post(Encoding.UTF8.GetBytes(Line(9) + "\n"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(_centre.Program.HasEnded);
    }

    private async Task<HttpResponseMessage> Post(byte[] body, string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return await _centre.Http.PostAsync("api/v1/records", content);
    }

    private static string Line(long seq)
    {
        var ts = TimeProvider.System.GetUtcNow().AddSeconds(-1).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $$"""{"v":1,"site":"bad-input","device":"device","tag":"tag","kind":"plc","ts":"{{ts}}","value":{{seq}},"q":"good","agent":"a1b2c3d4e5f6","epoch":"0001e5f6a7b8","seq":{{seq}}}""");
    }

    private static byte[] Zip(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Optimal))
            zip.Write(body);
        return packed.ToArray();
    }

    private long Resident()
    {
        var line = File.ReadLines($"/proc/{_centre.Program.Id}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
