using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Kafka;

/// <summary>The centre as a consumer of a real Kafka; the producer is always a foreign one.</summary>
[Collection(OneKafka.Name)]
public sealed class CentreStreamTests(SharedKafka kafka) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Records_tags_and_heartbeats_arrive_and_every_number_is_confirmed()
    {
        using var topics = await PlantTopics.Make(await kafka.Server(), _folder);
        await topics.Send("tags", "north/meter/t1", Bytes("""{"v":1,"site":"north","device":"meter","tag":"t1","kind":"plc","type":"number","label":"Voltage","ts":"2026-03-01T12:00:00Z"}"""), null);
        await topics.Send("agents", "a1", Bytes("""{"v":1,"agent":"a1","site":"north","ts":"2026-03-01T12:00:00Z","started":"2026-03-01T12:00:00Z","interval_seconds":5,"version":"0.1.0","epoch":"e1"}"""));
        await topics.Send("readings", "north/meter", Enumerable.Range(1, 500).Select(seq => PlantTopics.Reading(seq)));
        await topics.Send("events", "north", Bytes("""{"v":1,"event":"device-state","site":"north","ts":"2026-03-01T12:00:00Z","agent":"a1","epoch":"e1","seq":501}"""));

        await using var centre = await Centre.Start(_folder["centre"], more: topics.Arguments);

        await Until.True("all is stored", async () => await Stored(centre, "a1") == 501);
        Assert.Equal(500, (await centre.History("north/meter/t1")).Select(point => point.Seq).Distinct().Count());
        await Until.True("the tag is described", async () => (await centre.Tags())[0]["label"]?.GetValue<string>() == "Voltage");
        await Until.True("the heartbeat is told", async () => (await centre.Agents())[0]["heartbeat"]?["version"]!.GetValue<string>() == "0.1.0");
        var told = await topics.Read("confirmed", "all numbers are confirmed", messages => Confirmed(messages).Count == 501);
        Assert.All(told, message => Assert.Equal("a1", message.Message.Key));
        await Until.True("nothing lags", async () => (await centre.Get("api/v1/streams"))["partitions"]!.AsArray().All(p => p!["lag"]?.GetValue<long>() == 0));
        Assert.Contains("kafka_lag_messages{", await centre.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poison_of_every_kind_goes_to_the_dead_letters_one_by_one_and_holds_nothing_up()
    {
        using var topics = await PlantTopics.Make(await kafka.Server(), _folder);
        await using var centre = await Centre.Start(_folder["centre"], more: topics.Arguments);
        var kinds = Poison.Kinds.ToList();
        await topics.Send("readings", "north/meter", PlantTopics.Reading(1001));
        await Until.True("the stream flows", async () => await Stored(centre, "a1") == 1);

        var clock = Stopwatch.StartNew();
        await topics.Send("readings", "north/meter", kinds.SelectMany((kind, i) => new[] { kind.Value.Value, PlantTopics.Reading(2001 + i) }));
        await Until.True("the good ones behind the poison are stored", async () => await Stored(centre, "a1") == 1 + kinds.Count, TimeSpan.FromSeconds(5));

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"held up for {clock.Elapsed}");
        var dead = await topics.Read("dead-letters", "every poison is a dead letter", messages => messages.Count >= kinds.Count);
        Assert.Equal(kinds.Count, dead.Count);
        foreach (var (kind, (value, _)) in kinds)
        {
            var letter = Assert.Single(dead, d => (d.Message.Value ?? []).AsSpan().StartsWith((value ?? []).AsSpan(0, Math.Min(value?.Length ?? 0, 512 << 10))) && Header(d.Message.Headers, "size") == $"{value?.Length ?? 0}" && Header(d.Message.Headers, "reason").Contains(kind == "no value" ? "no value" : kind == "empty" ? "empty" : "", StringComparison.Ordinal));
            Assert.Equal(topics["readings"], Header(letter.Message.Headers, "topic"));
            Assert.True(long.Parse(Header(letter.Message.Headers, "offset"), System.Globalization.CultureInfo.InvariantCulture) > 0);
        }

        var told = await topics.Read("confirmed", "number 7 is confirmed as refused", messages => Confirmed(messages, "refused").Contains(7));
        Assert.Contains(7, Confirmed(told));
        Assert.Equal(2, (await centre.Agents()).Single()["ledger"]![0]!["dead"]!.GetValue<long>());
    }

    [Fact]
    public async Task Killed_again_and_again_while_records_flow_every_record_is_stored_once()
    {
        using var topics = await PlantTopics.Make(await kafka.Server(), _folder);
        var sent = 0L;
        for (var kill = 0; kill < 6; kill++)
        {
            await using var centre = await Centre.Start(_folder["centre"], more: topics.Arguments);
            var before = sent;
            // Rows are committed first, offsets a moment later: killed at the first sight of new rows, the centre dies between the two.
            var sending = Send();
            await Until.True("new rows are there", async () => await Stored(centre, "a1") > before);
            await centre.Program.Kill();
            await sending;
        }

        await using var last = await Centre.Start(_folder["centre"], more: topics.Arguments);
        await Until.True("everything is stored", async () => await Stored(last, "a1") == sent);
        var points = await last.History("north/meter/t1");
        Assert.Equal(sent, points.Count);
        Assert.Equal(sent, points.Select(point => point.Seq).Distinct().Count());

        async Task Send()
        {
            var first = sent + 1;
            sent += 300;
            for (var seq = first; seq < first + 300; seq += 50)
                await topics.Send("readings", "north/meter", Enumerable.Range(0, 50).Select(i => PlantTopics.Reading(seq + i)));
        }
    }

    [Fact]
    public async Task A_topic_that_is_made_anew_is_read_from_its_own_beginning_and_said_so()
    {
        using var topics = await PlantTopics.Make(await kafka.Server(), _folder);
        await using var centre = await Centre.Start(_folder["centre"], more: topics.Arguments);
        await topics.Send("readings", "north/meter", Enumerable.Range(1, 200).Select(seq => PlantTopics.Reading(seq)));
        await Until.True("the first ones are stored", async () => await Stored(centre, "a1") == 200);

        await topics.Delete("readings");
        await topics.Command("apply"); // a producer of the test may have made the topic again already, with the broker's defaults: the same case
        await topics.Send("readings", "north/meter", Enumerable.Range(201, 300).Select(seq => PlantTopics.Reading(seq)));

        await Until.True("the new ones are stored", async () => await Stored(centre, "a1") == 500, TimeSpan.FromSeconds(60));
        await centre.Program.Line("it is told", new("another one than before"));
    }

    [Fact]
    public async Task Topics_that_are_missing_are_waited_for_and_the_log_says_how_to_make_them()
    {
        using var topics = PlantTopics.Named(await kafka.Server(), _folder);
        await using var program = RunningProgram.Start(Repository.Central, ["run", "--data", _folder["centre"], "--listen", "127.0.0.1:0", .. topics.Arguments]);
        await program.Line("it says what to do", new("topics apply"));

        await topics.Command("apply");

        await program.Line("it reads", new("reading Kafka at"));
    }

    [Fact]
    public async Task A_topic_that_would_lose_records_stops_the_start_with_the_repair()
    {
        using var topics = await PlantTopics.Make(await kafka.Server(), _folder);
        await topics.Set("readings", "cleanup.policy", "compact");

        var ended = await RunningProgram.Run(Repository.Central, ["run", "--data", _folder["centre"], "--listen", "127.0.0.1:0", .. topics.Arguments]);

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("cleanup.policy is compact, it must be delete", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sample_consumer_counts_each_record_once()
    {
        Needs.Program("/usr/bin/kcat", "kcat");
        Needs.Program("/usr/bin/jq", "jq");
        var server = await kafka.Server();
        using var topics = await PlantTopics.Make(server, _folder);
        await topics.Send("readings", "north/meter", Enumerable.Range(1, 40).Concat(Enumerable.Range(1, 40)).Select(seq => PlantTopics.Reading(seq)));
        await topics.Send("readings", "north/meter", PlantTopics.Reading(41, tag: "t2"), Bytes("no record"), null);

        var ended = await RunningProgram.Run(Repository.Path("deploy/kafka/consume.sh"), server.Bootstrap, topics["readings"]);

        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("north/meter/t1\t40 records", ended.Output, StringComparison.Ordinal);
        Assert.Contains("north/meter/t2\t1 records", ended.Output, StringComparison.Ordinal);
    }

    private static async Task<long> Stored(Centre centre, string agent) =>
        (await centre.Agents()).FirstOrDefault(a => a["agent"]!.GetValue<string>() == agent)?["ledger"]!.AsArray().Sum(l => l!["stored"]!.GetValue<long>()) ?? 0;

    private static HashSet<long> Confirmed(IEnumerable<Confluent.Kafka.ConsumeResult<string, byte[]?>> messages, string field = "numbers") =>
    [
        .. from message in messages
           from range in JsonNode.Parse(message.Message.Value!)![field]?.AsArray() ?? [] // the centre writes no tombstones
           let @from = range!["from"]!.GetValue<long>()
           from seq in Enumerable.Range(0, (int)(range["to"]!.GetValue<long>() - @from + 1))
           select @from + seq,
    ];

    private static string Header(Confluent.Kafka.Headers headers, string name) => Encoding.UTF8.GetString(headers.GetLastBytes(name));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
