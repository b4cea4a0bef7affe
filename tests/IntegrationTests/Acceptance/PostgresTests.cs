using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Acceptance;

/// <summary>The centre on a real PostgreSQL that is killed under it.</summary>
[Collection(Alone.Name)]
public sealed class PostgresTests : IAsyncLifetime
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new();
    private PostgresServer _server = null!; // Set before each test by InitializeAsync.
    private long _number;

    public async ValueTask InitializeAsync()
    {
        Needs.Postgres();
        _server = await PostgresServer.Start();
        await _server.Sql("postgres", "CREATE DATABASE penstock");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) // A skipped test has none.
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Killed_and_started_again_the_centre_goes_on_by_itself_and_nothing_accepted_is_lost()
    {
        await using var centre = await Centre.Start(_folder["centre"], 0, "--historian", _server.ConnectionString("penstock"));
        for (var round = 0; round < 3; round++)
        {
            await Accepted(centre);
            await _server.Kill();
            Assert.False(await Offer(centre, _number + 1));
            await _server.Start();
            await Accepted(centre);
        }

        Assert.Equal(_number, await Rows(_server));
    }

    [Fact]
    public async Task A_centre_that_starts_before_its_database_waits_for_it()
    {
        await _server.Stop();
        await using var program = RunningProgram.Start(
            Repository.Central, "run", "--data", _folder["centre"], "--listen", "127.0.0.1:0", "--historian", _server.ConnectionString("penstock"));
        await program.Line("the centre says what it waits for", new("cannot be reached.*Trying again"));

        await _server.Start();

        await program.Line("the centre is ready", new("penstock-central ready"));
    }

    [Fact]
    public async Task When_the_primary_dies_the_promoted_standby_has_everything_and_both_centres_go_on_with_it()
    {
        await using var standby = await PostgresServer.StartStandby(_server, "standby");
        await _server.Sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'standby'");
        await _server.Sql("postgres", "SELECT pg_reload_conf()");
        await Until.True("the standby confirms commits", async () =>
            await _server.Scalar<long>("postgres", "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == 1);
        var both = $"Host={_server.Host},{standby.Host};Username=postgres;Database=penstock;Target Session Attributes=read-write";
        await using var one = await Centre.Start(_folder["one"], 0, "--historian", both);
        await using var two = await Centre.Start(_folder["two"], 0, "--historian", both);
        for (var i = 0; i < 20; i++)
            await Accepted(i % 2 == 0 ? one : two);

        await _server.Kill();
        Assert.Equal(_number, await Rows(standby));
        await PostgresServer.Run("pg_ctl", "promote", "-w", "-D", standby.Data);
        await Accepted(one);
        await Accepted(two);

        Assert.Equal(_number, await Rows(standby));
        await Until.True("each page shows what the other centre stored", async () =>
            (await one.Latest("north/meter/t"))?["seq"]!.GetValue<long>() == _number && (await two.Latest("north/meter/t"))?["seq"]!.GetValue<long>() == _number);
    }

    /// <summary>Offers the next number until it is accepted, as an agent does.</summary>
    private async Task Accepted(Centre centre)
    {
        _number++;
        await Until.True($"number {_number} is accepted", () => Offer(centre, _number), Recovery);
    }

    private static async Task<bool> Offer(Centre centre, long number)
    {
        var now = TimeProvider.System.GetUtcNow();
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"v":1,"site":"north","device":"meter","tag":"t","kind":"plc","ts":"{{now:yyyy-MM-ddTHH:mm:ss.ffffffZ}}","value":{{number}},"q":"good","agent":"a1","epoch":"e1","seq":{{number}}}""");
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(line + "\n"));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await centre.Http.PostAsync("api/v1/records", content);
        return answer.IsSuccessStatusCode;
    }

    private static Task<long> Rows(PostgresServer server) => server.Scalar<long>("penstock", "SELECT count(*) FROM penstock.readings");
}
