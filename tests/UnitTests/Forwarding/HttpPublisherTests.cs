using Penstock.Contracts;
using Penstock.EdgeAgent.Forwarding;
using Penstock.EdgeAgent.Outbox;
using Xunit;
using static Penstock.UnitTests.Forwarding.ScriptedCentre;

namespace Penstock.UnitTests.Forwarding;

public sealed class HttpPublisherTests
{
    private static readonly IReadOnlyList<OutboxGroup> FiveRecords = [Some.Group(1, 2), Some.Group(1, 3, epoch: "e2")];

    [Fact]
    public async Task Groups_travel_as_one_compressed_body_and_come_back_as_kept()
    {
        await using var centre = new ScriptedCentre(_ => Verdict(4, 1));
        await using var publisher = Publisher(centre);

        var verdict = await publisher.PublishAsync(FiveRecords, CancellationToken.None);

        Assert.Empty(verdict.Refused);
        var request = Assert.Single(centre.Requests);
        Assert.Equal("/api/v1/records", request.Path);
        Assert.Equal(("application/x-ndjson", "zstd"), (request.Headers["content-type"], request.Headers["content-encoding"]));
        Assert.Equal(5, request.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_refused_line_is_told_by_epoch_and_number()
    {
        await using var centre = new ScriptedCentre(_ => Verdict(4, 0, """{"line":4,"agent":null,"epoch":null,"seq":null,"reason":"unreadable"}"""));
        await using var publisher = Publisher(centre);

        var verdict = await publisher.PublishAsync(FiveRecords, CancellationToken.None);

        Assert.Equal(new RefusedRecord("e2", 2, "unreadable"), Assert.Single(verdict.Refused));
    }

    [Theory]
    [InlineData(200, "text/html", "<html>welcome</html>", "no verdict")]
    [InlineData(200, "application/json", "{}", "0 of 5")]
    [InlineData(200, "application/json", """{"stored":4,"duplicates":0,"refused":[]}""", "4 of 5")]
    [InlineData(200, "application/json", """{"stored":"five"}""", "no verdict")]
    [InlineData(200, "application/json", "", "no verdict")]
    [InlineData(200, "application/json", """{"stored":4,"duplicates":0,"refused":[{"line":9,"reason":"x"}]}""", "line 9")]
    [InlineData(204, "text/plain", "", "204")]
    [InlineData(302, "text/plain", "", "redirects")]
    [InlineData(404, "text/plain", "nothing here", "check the address")]
    [InlineData(413, "text/plain", "a proxy says no", "413")]
    [InlineData(500, "text/plain", "oops", "oops")]
    public async Task An_answer_that_is_not_as_agreed_acknowledges_nothing(int status, string type, string body, string said)
    {
        await using var centre = new ScriptedCentre(_ => new Answer(status, type, body));
        await using var publisher = Publisher(centre);

        var error = await Assert.ThrowsAsync<LinkException>(() => publisher.PublishAsync(FiveRecords, CancellationToken.None));

        Assert.Contains(said, error.Message);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"stored\":5")]
    [InlineData("")]
    public async Task An_answer_that_breaks_off_acknowledges_nothing(string raw)
    {
        await using var centre = new ScriptedCentre(_ => Answer.Bytewise(raw));
        await using var publisher = Publisher(centre);

        var error = await Assert.ThrowsAsync<LinkException>(() => publisher.PublishAsync(FiveRecords, CancellationToken.None));

        Assert.Contains("check that this is the address of a Penstock centre", error.Message);
    }

    [Fact]
    public async Task A_centre_that_cannot_commit_is_asked_again_after_its_own_wish()
    {
        await using var centre = new ScriptedCentre(_ => Problem(503, "the disk is full; free space") with { Header = "Retry-After: 3\r\n" });
        await using var publisher = Publisher(centre);

        var error = await Assert.ThrowsAsync<LinkException>(() => publisher.PublishAsync(FiveRecords, CancellationToken.None));

        Assert.Contains("the disk is full; free space", error.Message);
        Assert.Equal(TimeSpan.FromSeconds(3), error.RetryAfter);
    }

    [Fact]
    public async Task A_wrong_token_is_named_by_its_reference_and_never_by_its_text()
    {
        await using var centre = new ScriptedCentre(_ => Problem(401, "unknown token"));
        await using var publisher = new HttpPublisher(
            centre.Address, new AccessToken("file:/etc/penstock/token", _ => "very-secret"), TimeProvider.System);

        var error = await Assert.ThrowsAsync<LinkException>(() => publisher.PublishAsync(FiveRecords, CancellationToken.None));

        Assert.Contains("file:/etc/penstock/token", error.Message);
        Assert.DoesNotContain("very-secret", error.Message);
        Assert.Equal("Bearer very-secret", centre.Requests[0].Headers["authorization"]);
    }

    [Fact]
    public async Task A_token_that_leads_to_nothing_is_said_before_anything_is_sent()
    {
        await using var centre = new ScriptedCentre(_ => Verdict(5));
        await using var publisher = new HttpPublisher(centre.Address, new AccessToken("env:NOT_SET", _ => null), TimeProvider.System);

        var error = await Assert.ThrowsAsync<LinkException>(() => publisher.PublishAsync(FiveRecords, CancellationToken.None));

        Assert.Contains("env:NOT_SET", error.Message);
        Assert.Empty(centre.Requests);
    }

    [Fact]
    public async Task Nobody_there_is_a_link_that_is_down()
    {
        var gone = new ScriptedCentre(_ => Verdict(5));
        var address = gone.Address;
        await gone.DisposeAsync();
        await using var publisher = new HttpPublisher(address, new AccessToken(null, _ => null), TimeProvider.System);

        var error = await Assert.ThrowsAsync<LinkException>(() => publisher.PublishAsync(FiveRecords, CancellationToken.None));

        Assert.Contains("check that the centre runs", error.Message);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_halved_until_a_single_record_is_refused()
    {
        await using var centre = new ScriptedCentre(request =>
        {
            var lines = request.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return lines.Length == 1 && !lines[0].Contains("\"seq\":3,") ? Verdict(1) : Problem(413, "at most 16 MiB");
        });
        await using var publisher = Publisher(centre);

        var verdict = await publisher.PublishAsync([Some.Group(1, 4)], CancellationToken.None);

        var refused = Assert.Single(verdict.Refused);
        Assert.Equal(("e1", 3), (refused.Epoch, refused.Seq));
        Assert.Contains("at most 16 MiB", refused.Reason);
    }

    [Fact]
    public async Task A_heartbeat_wants_an_empty_answer()
    {
        await using var centre = new ScriptedCentre(_ => new Answer(204, "text/plain", ""), _ => new Answer(200, "text/html", "<html>"));
        await using var publisher = Publisher(centre);
        var heartbeat = new Heartbeat
        {
            Agent = "a1",
            Site = "north",
            Ts = Some.At(0),
            Started = Some.At(0),
            IntervalSeconds = 5,
            Version = "0",
            Epoch = "e1",
        };

        await publisher.PublishAsync(heartbeat, CancellationToken.None);

        Assert.Null(RecordCodec.TryDecode(centre.Requests[0].Body, out Heartbeat? received));
        Assert.Equal("a1", received!.Agent);
        await Assert.ThrowsAsync<LinkException>(() => publisher.PublishAsync(heartbeat, CancellationToken.None));
    }

    private static HttpPublisher Publisher(ScriptedCentre centre) =>
        new(centre.Address, new AccessToken(null, _ => null), TimeProvider.System);
}
