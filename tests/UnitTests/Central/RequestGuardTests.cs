using System.Net;
using System.Text;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

public sealed class RequestGuardTests : IAsyncLifetime
{
    private CentralHost _centre = null!; // Set before each test by InitializeAsync.

    public async ValueTask InitializeAsync() => _centre = await CentralHost.StartAsync();

    public ValueTask DisposeAsync() => _centre.DisposeAsync();

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8420")]
    [InlineData("127.0.0.1.evil.example")]
    public async Task A_foreign_host_name_is_refused_on_loopback(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/tags") { Headers = { Host = host } };

        Assert.Equal(HttpStatusCode.Forbidden, (await _centre.Http.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1:8420")]
    [InlineData("[::1]:8420")]
    public async Task A_local_host_name_is_answered(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/tags") { Headers = { Host = host } };

        Assert.Equal(HttpStatusCode.OK, (await _centre.Http.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_request_from_another_site_changes_nothing(string header, string value)
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await Post(header, value)).StatusCode);
        Assert.Equal("""{"tags":[]}""", await _centre.Http.GetStringAsync("api/v1/tags"));
    }

    [Fact]
    public async Task A_request_of_the_page_itself_is_taken()
    {
        Assert.Equal(HttpStatusCode.OK, (await Post("Origin", $"http://127.0.0.1:{_centre.Port}")).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("api/v1/tags")]
    [InlineData("nothing")]
    public async Task Every_answer_carries_the_strict_policy(string path)
    {
        var headers = (await _centre.Http.GetAsync(path)).Headers;

        var policy = Assert.Single(headers.GetValues("Content-Security-Policy"));
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task The_page_is_compressed_and_not_sent_again_when_it_is_known()
    {
        using var first = new HttpRequestMessage(HttpMethod.Get, "") { Headers = { { "Accept-Encoding", "gzip" } } };
        var answer = await _centre.Http.SendAsync(first);
        using var second = new HttpRequestMessage(HttpMethod.Get, "") { Headers = { { "If-None-Match", answer.Headers.ETag!.Tag } } };

        Assert.Equal("gzip", Assert.Single(answer.Content.Headers.ContentEncoding));
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.NotModified, (await _centre.Http.SendAsync(second)).StatusCode);
    }

    [Fact]
    public async Task The_page_holds_no_inline_script_or_style()
    {
        var page = await _centre.Http.GetStringAsync("");

        Assert.DoesNotContain("<style", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch("<script(?![^>]*src=)", page);
    }

    private async Task<HttpResponseMessage> Post(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/records")
        {
            Headers = { { header, value } },
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Line(1))),
        };
        return await _centre.Http.SendAsync(request);
    }
}
