using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

/// <summary>A centre that listens beyond loopback.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private CentralHost _centre = null!; // Set before each test by InitializeAsync.

    public async ValueTask InitializeAsync() => _centre = await CentralHost.StartAsync(IPAddress.Any);

    public ValueTask DisposeAsync() => _centre.DisposeAsync();

    [Theory]
    [InlineData("api/v1/tags")]
    [InlineData("api/v1/live")]
    [InlineData("metrics")]
    [InlineData("openapi/v1.json")]
    [InlineData("")]
    public async Task Without_a_login_nothing_is_shown(string path)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await _centre.Http.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Health_needs_no_login()
    {
        Assert.Equal(HttpStatusCode.OK, (await _centre.Http.GetAsync("healthz")).StatusCode);
    }

    [Fact]
    public async Task Records_need_a_token_that_was_made_and_not_removed()
    {
        var token = await _centre.Access.AddTokenAsync("north", default);

        Assert.Equal(HttpStatusCode.Unauthorized, (await Post(null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Post(token + "x")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Post(token)).StatusCode);
        await _centre.Access.RemoveTokenAsync("north", default);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Post(token)).StatusCode);
    }

    [Fact]
    public async Task A_token_does_not_open_the_plant()
    {
        var token = await _centre.Access.AddTokenAsync("north", default);
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/tags") { Headers = { Authorization = new("Bearer", token) } };

        Assert.Equal(HttpStatusCode.Unauthorized, (await _centre.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_link_opens_one_session_once()
    {
        var code = await _centre.Access.NewCodeAsync(default);

        var first = await _centre.Http.GetAsync($"login?code={code}");
        var second = await _centre.Http.GetAsync($"login?code={code}");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (first.StatusCode, second.StatusCode));
        var cookie = Assert.Single(first.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await Get("api/v1/tags", cookie)).StatusCode);
        Assert.False(second.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task After_logging_out_the_cookie_opens_nothing()
    {
        var code = await _centre.Access.NewCodeAsync(default);
        var cookie = Assert.Single((await _centre.Http.GetAsync($"login?code={code}")).Headers.GetValues("Set-Cookie"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "logout") { Headers = { { "Cookie", cookie.Split(';')[0] } } };

        await _centre.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, (await Get("api/v1/tags", cookie)).StatusCode);
    }

    [Fact]
    public async Task A_login_code_that_was_not_made_opens_nothing()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await _centre.Http.GetAsync("login?code=guess")).StatusCode);
    }

    private async Task<HttpResponseMessage> Get(string path, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Cookie", cookie.Split(';')[0] } } };
        return await _centre.Http.SendAsync(request);
    }

    private async Task<HttpResponseMessage> Post(string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/records") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Line(1))) };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _centre.Http.SendAsync(request);
    }
}
