using System.Text;
using Confluent.Kafka;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Kafka;

/// <summary>Several centres, one consumer group, one PostgreSQL.</summary>
[Collection(OneKafka.Name)]
public sealed class CentreGroupTests(SharedKafka kafka) : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private PostgresServer _postgres = null!; // set before each test by InitializeAsync

    public async ValueTask InitializeAsync()
    {
        Needs.Kafka();
        Assert.SkipUnless(PostgresServer.Programs is not null, "needs PostgreSQL 15 or later: apt-get install postgresql");
        _postgres = await PostgresServer.Start();
        await _postgres.Sql("postgres", "CREATE DATABASE penstock");
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Two_centres_share_the_work_and_when_one_is_killed_the_other_goes_on_and_nothing_is_lost_or_doubled()
    {
        using var topics = await PlantTopics.Make(await kafka.Server(), _folder);
        await using var first = await Start("one", topics);
        await using var second = await Start("two", topics);
        await Until.True("both read", async () => await Partitions(first) > 0 && await Partitions(second) > 0);

        await Send(topics, from: 1, count: 2000);
        await Until.True("what both read is stored", async () => await Rows() == 2000);
        await first.Program.Kill();
        await Send(topics, from: 2001, count: 2000);

        await Until.True("the other one reads all of it", async () => await Rows() == 4000, TimeSpan.FromSeconds(15));
        Assert.Equal(4000, await _postgres.Scalar<long>("penstock", "SELECT count(DISTINCT (epoch, seq)) FROM penstock.readings"));
        await using var again = await Start("one", topics);
        await Send(topics, from: 4001, count: 500);
        await Until.True("back again, the work is shared again", async () => await Rows() == 4500 && await Partitions(again) > 0);
    }

    [Fact]
    public async Task A_centre_whose_name_another_member_takes_says_so_and_reads_on_without_one()
    {
        using var topics = await PlantTopics.Make(await kafka.Server(), _folder);
        await using var centre = await Start("one", topics);
        await Until.True("it reads", async () => await Partitions(centre) > 0);

        var name = await topics.MemberName();
        while (!GaveUpName(centre))
            await TakeName(topics, name, centre);

        await Send(topics, from: 1, count: 400);
        await Until.True("it reads everything once the other's session is over", async () => await Rows() == 400);
    }

    [Fact]
    public async Task A_centre_that_is_put_out_of_its_name_once_takes_it_again()
    {
        using var topics = await PlantTopics.Make(await kafka.Server(), _folder);
        await using var centre = await Start("one", topics);
        await Until.True("it reads", async () => await Partitions(centre) > 0);
        var name = await topics.MemberName();

        await TakeName(topics, name, centre);

        await Send(topics, from: 1, count: 400);
        await Until.True("it reads everything", async () => await Rows() == 400);
        Assert.Equal(name, await topics.MemberName());
        Assert.False(GaveUpName(centre));
    }

    [Fact]
    public async Task A_database_that_is_away_is_waited_for_and_nothing_is_skipped()
    {
        using var topics = await PlantTopics.Make(await kafka.Server(), _folder);
        await using var centre = await Start("one", topics);
        await Send(topics, from: 1, count: 100);
        await Until.True("the first ones are stored", async () => await Rows() == 100);

        await _postgres.Kill();
        await Send(topics, from: 101, count: 400);
        await Until.True("it says so", async () => !(await centre.Http.GetAsync("readyz")).IsSuccessStatusCode);
        await _postgres.Start();

        await Until.True("all are stored", async () => await Rows() == 500);
        await Until.True("it is well again", async () => (await centre.Http.GetAsync("readyz")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_record_that_the_database_refuses_is_found_among_thousands_and_the_rest_flows()
    {
        using var topics = await PlantTopics.Make(await kafka.Server(), _folder);
        await using var centre = await Start("one", topics);
        await _postgres.Sql(
            "penstock",
            """
            CREATE FUNCTION penstock.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF new.seq IN (777, 1500) THEN RAISE EXCEPTION 'not this one'; END IF; RETURN new; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON penstock.readings FOR EACH ROW EXECUTE FUNCTION penstock.refuse()
            """);

        await Send(topics, from: 1, count: 3000);

        await Until.True("the rest is stored", async () => await Rows() == 2998);
        var dead = await topics.Read("dead-letters", "both are dead letters", messages => messages.Count == 2);
        Assert.All(dead, letter => Assert.Contains("not this one", Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes("reason")), StringComparison.Ordinal));
    }

    private static bool GaveUpName(Centre centre) => centre.Program.Output.Contains("goes by this centre's name", StringComparison.Ordinal);

    /// <summary>Ends when the centre has the name again, or has given it up.</summary>
    private static async Task TakeName(PlantTopics topics, string name, Centre centre)
    {
        using var other = topics.JoinAs(name);
        try
        {
            await Until.True("the centre takes its name back or gives it up", () =>
            {
                other.Consume(TimeSpan.FromMilliseconds(100));
                return Task.FromResult(GaveUpName(centre));
            });
        }
        catch (KafkaException e) when (e.Error.IsFatal)
        {
        }
    }

    private Task<Centre> Start(string name, PlantTopics topics) =>
        Centre.Start(_folder[name], more: [.. topics.Arguments, "--historian", $"Host={_postgres.Host};Username=postgres;Database=penstock"]);

    private static async Task<int> Partitions(Centre centre) => (await centre.Get("api/v1/streams"))["partitions"]!.AsArray().Count;

    private Task<long> Rows() => _postgres.Scalar<long>("penstock", "SELECT count(*) FROM penstock.readings");

    // Eight devices, so that all partitions have work.
    private static Task SendTo(PlantTopics topics, int device, IEnumerable<int> numbers) =>
        topics.Send("readings", $"north/meter-{device}", numbers.Select(seq => PlantTopics.Reading(seq)));

    private static Task Send(PlantTopics topics, int from, int count) =>
        Task.WhenAll(Enumerable.Range(from, count).GroupBy(seq => seq % 8).Select(group => SendTo(topics, group.Key, group)));
}
