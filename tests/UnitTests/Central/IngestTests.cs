using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

public sealed class IngestTests : IAsyncLifetime
{
    private CentralHost _centre = null!; // Set before each test by InitializeAsync.

    public async ValueTask InitializeAsync() => _centre = await CentralHost.StartAsync();

    public ValueTask DisposeAsync() => _centre.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task A_group_is_stored_in_every_encoding(string? encoding)
    {
        var answer = await _centre.PostAsync(Pack(Lines(3000), encoding), encoding);

        Assert.Equal((3000, 0, 0), await Verdict(answer));
        Assert.Equal(3000, await Count());
    }

    [Fact]
    public async Task The_same_group_twice_is_counted_as_duplicates()
    {
        await _centre.PostAsync(Lines(5));

        Assert.Equal((0, 5, 0), await Verdict(await _centre.PostAsync(Lines(5))));
        Assert.Equal(5, await Count());
    }

    [Fact]
    public async Task Every_line_is_accounted_for_also_the_last_without_a_line_break()
    {
        var answer = await _centre.PostAsync($"{Line(1)}\r\nnonsense\n{Line(2)}\n{Line(2)}\n[1]\n{Line(3)}");

        Assert.Equal((3, 1, 2), await Verdict(answer));
    }

    [Fact]
    public async Task A_refusal_names_line_identity_and_reason()
    {
        var wrong = Line(7).Replace("\"meter\"", "\"Meter!\"", StringComparison.Ordinal);

        var answer = JsonNode.Parse(await (await _centre.PostAsync($"{Line(1)}\n{wrong}\n")).Content.ReadAsStringAsync())!;

        var refused = Assert.Single(answer["refused"]!.AsArray())!;
        Assert.Equal(2, refused["line"]!.GetValue<int>());
        Assert.Equal(("a1", "e1", 7L), (refused["agent"]!.GetValue<string>(), refused["epoch"]!.GetValue<string>(), refused["seq"]!.GetValue<long>()));
        Assert.Contains("device", refused["reason"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_cannot_be_read_has_no_identity()
    {
        var answer = JsonNode.Parse(await (await _centre.PostAsync("nonsense\n")).Content.ReadAsStringAsync())!;

        Assert.Null(Assert.Single(answer["refused"]!.AsArray())!["agent"]);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task A_body_that_breaks_off_is_refused_and_nothing_of_it_is_stored(string encoding)
    {
        var whole = Pack(Lines(5000), encoding);

        var answer = await _centre.PostAsync(whole[..(whole.Length / 2)], encoding);

        await AssertProblem(answer, HttpStatusCode.BadRequest);
        Assert.Empty((await _centre.Http.GetStringAsync("api/v1/tags")).Split("\"name\"").Skip(1));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task A_body_that_is_not_what_its_encoding_says_is_refused(string encoding)
    {
        await AssertProblem(await _centre.PostAsync(Lines(2), encoding), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task An_unknown_encoding_is_refused()
    {
        await AssertProblem(await _centre.PostAsync(Lines(2), "br"), HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task A_small_body_that_unpacks_to_100_MB_is_refused(string encoding)
    {
        var lines = new byte[100_000_000];
        Array.Fill(lines, (byte)'\n');

        await AssertProblem(await _centre.PostAsync(Pack(lines, encoding), encoding), HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal((1, 0, 0), await Verdict(await _centre.PostAsync(Lines(1))));
    }

    [Fact]
    public async Task A_body_of_noise_is_refused_whole()
    {
        await AssertProblem(await _centre.PostAsync(string.Concat(Enumerable.Repeat("noise\n", 5000))), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_line_without_an_end_is_refused_before_it_fills_the_memory()
    {
        await AssertProblem(await _centre.PostAsync(Pack(new byte[10_000_000], "gzip"), "gzip"), HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_half_sent_body_stores_nothing()
    {
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, _centre.Port);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"POST /api/v1/records HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n{Line(1)}\n{Line(2)}\n")));
        }

        Assert.Equal((1, 0, 0), await Verdict(await _centre.PostAsync(Line(9) + "\n")));
        Assert.Equal(1, await Count());
    }

    [Fact]
    public async Task A_historian_that_cannot_commit_is_answered_with_503_and_the_group_can_be_sent_again()
    {
        _centre.Sql("CREATE TRIGGER broken BEFORE INSERT ON readings BEGIN SELECT RAISE(ABORT, 'broken'); END");
        var answer = await _centre.PostAsync(Lines(4));
        _centre.Sql("DROP TRIGGER broken");

        await AssertProblem(answer, HttpStatusCode.ServiceUnavailable);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal((4, 0, 0), await Verdict(await _centre.PostAsync(Lines(4))));
    }

    [Fact]
    public async Task Many_senders_at_once_are_all_stored_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => _centre.PostAsync(Lines(100, first: (i % 20 * 50) + 1))));

        var verdicts = await Task.WhenAll(answers.Select(Verdict));
        Assert.Equal(1050, verdicts.Sum(v => v.Stored));
        Assert.Equal(40 * 100, verdicts.Sum(v => v.Stored + v.Duplicates));
        Assert.Equal(1050, await Count());
    }

    [Fact]
    public async Task Tags_and_heartbeats_are_taken_without_a_body_in_the_answer()
    {
        const string Beat = """{"v":1,"agent":"a1","site":"north","ts":"2026-03-01T12:00:00Z","started":"2026-03-01T12:00:00Z","interval_seconds":5,"version":"0.1.0","epoch":"e1","extra":7}""";
        const string Tag = """{"v":1,"site":"north","device":"meter","tag":"t1","kind":"plc","type":"number","unit":"V","label":"Voltage","ts":"2026-03-01T12:00:00Z"}""";

        var beat = await _centre.PostAsync(Encoding.UTF8.GetBytes(Beat), path: "api/v1/heartbeats");
        var tag = await _centre.PostAsync(Encoding.UTF8.GetBytes(Tag), path: "api/v1/tags");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (beat.StatusCode, tag.StatusCode));
        var agent = JsonNode.Parse(await _centre.Http.GetStringAsync("api/v1/agents"))!["agents"]![0]!;
        Assert.Equal(("online", 7), (agent["state"]!.GetValue<string>(), agent["heartbeat"]!["extra"]!.GetValue<int>()));
        var view = JsonNode.Parse(await _centre.Http.GetStringAsync("api/v1/tags"))!["tags"]![0]!;
        Assert.Equal(("north/meter/t1", "Voltage"), (view["name"]!.GetValue<string>(), view["label"]!.GetValue<string>()));
        Assert.True(view.AsObject().ContainsKey("latest"));
    }

    [Theory]
    [InlineData("api/v1/tags", """{"v":1,"site":"North!"}""")]
    [InlineData("api/v1/heartbeats", "nonsense")]
    public async Task A_tag_or_heartbeat_that_cannot_be_read_is_refused_with_the_reason(string path, string body)
    {
        await AssertProblem(await _centre.PostAsync(Encoding.UTF8.GetBytes(body), path: path), HttpStatusCode.BadRequest);
    }

    private async Task<int> Count()
    {
        var history = JsonNode.Parse(await _centre.Http.GetStringAsync("api/v1/history?tag=north/meter/t1&points=10000"))!;
        return history["points"]!.AsArray().Count;
    }

    private static string Lines(int count, int first = 1) =>
        string.Concat(Enumerable.Range(first, count).Select(seq => Line(seq, age: TimeSpan.FromSeconds(5)) + "\n"));

    private static byte[] Pack(string text, string? encoding) => Pack(Encoding.UTF8.GetBytes(text), encoding);

    private static byte[] Pack(byte[] bytes, string? encoding)
    {
        using var packed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "zstd" => new ZstdSharp.CompressionStream(packed, leaveOpen: true),
            _ => packed,
        })
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    private static async Task<(int Stored, int Duplicates, int Refused)> Verdict(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        var json = JsonNode.Parse(text)!;
        return (json["stored"]!.GetValue<int>(), json["duplicates"]!.GetValue<int>(), json["refused"]!.AsArray().Count);
    }

    private static async Task AssertProblem(HttpResponseMessage answer, HttpStatusCode status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode} {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)status, JsonNode.Parse(text)!["status"]!.GetValue<int>());
        Assert.NotEmpty(JsonNode.Parse(text)!["detail"]!.GetValue<string>());
    }
}
