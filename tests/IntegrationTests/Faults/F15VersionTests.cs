using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>
/// F15: agent, centre and outbox of different versions meet. The table "Versions" in ARCHITECTURE.md says what becomes of what;
/// each of its rows is played here or, where it says so, in the unit tests.
/// </summary>
[Collection(OneKafka.Name)]
public sealed class F15VersionTests(SharedKafka kafka, ITestOutputHelper output) : IDisposable
{
    private static readonly List<string> Names = [.. NextVersion.Records.Keys];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task F15_records_of_a_next_version_over_HTTP_have_the_outcome_of_the_table()
    {
        await using var centre = await Centre.Start(_folder["centre"]);

        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Join('\n', Mixed()) + "\n"));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await centre.Http.PostAsync("api/v1/records", content);
        var verdict = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        var refused = verdict["refused"]!.AsArray().Select(line => line!["seq"]!.GetValue<long>());
        Assert.Equal(Names.Index().Where(name => NextVersion.FateOf(name.Item) == Fate.DeadLetter).Select(name => Number(name.Index)), refused);
        await Judge(centre, "over HTTP");
    }

    [Fact]
    public async Task F15_records_of_a_next_version_through_Kafka_have_the_outcome_of_the_table()
    {
        Needs.Kafka();
        using var topics = await PlantTopics.Make(await kafka.Server(), _folder);
        await using var centre = await Centre.Start(_folder["centre"], more: topics.Arguments);

        await topics.Send("readings", "north/meter", Mixed().Select(record => Poison.Bytes(record)));
        await Until.True("all of it is told", () => HistoryFile.Ledger(centre.Folder).Sum(range => range.To - range.From + 1) == Mixed().Count());

        await Judge(centre, "through Kafka");
    }

    [Fact]
    public async Task F15_tag_infos_and_heartbeats_of_a_next_version_hold_nothing_up()
    {
        const string tag = """{"v":1,"site":"north","device":"meter","tag":"t1","kind":"plc","type":"number","ts":"2026-03-01T12:00:00Z","agent":"a1"}""";
        await using var centre = await Centre.Start(_folder["centre"]);
        var other = tag.Replace("\"t1\"", "\"t2\"", StringComparison.Ordinal);

        var known = await Post(centre, "tags", $"{tag[..^1]},\"colour\":\"red\"}}\n");
        var mixed = await Post(centre, "tags", $"{tag.Replace("\"number\"", "\"vector\"", StringComparison.Ordinal)}\n{other}\n");
        var beat = await Post(centre, "heartbeats", """{"v":2,"agent":"a1","site":"north","ts":"2026-03-01T12:00:00Z","started":"2026-03-01T12:00:00Z","interval_seconds":5,"version":"9","epoch":"e1"}""");

        Assert.StartsWith("kept", NextVersion.Outcome("tag info or heartbeat with an unknown field"), StringComparison.Ordinal);
        Assert.StartsWith("refused", NextVersion.Outcome("tag info or heartbeat of `v` 2, or of an unknown type"), StringComparison.Ordinal);
        Assert.Equal((204, 400, 400), (known.Status, mixed.Status, beat.Status));
        Assert.Contains("line 1: type 'vector' is unknown", mixed.Text, StringComparison.Ordinal);
        Assert.Contains("v is 2", beat.Text, StringComparison.Ordinal);
        var tags = await centre.Tags();
        Assert.Equal("red", tags.Single(t => t["tag"]!.GetValue<string>() == "t1")["colour"]!.GetValue<string>());
        Assert.Contains(tags, t => t["tag"]!.GetValue<string>() == "t2");
    }

    [Theory]
    [InlineData("v1", 192)]
    [InlineData("v2", 28)]
    [InlineData("v2-every-kind", 757)]
    public async Task F15_an_outbox_of_a_former_version_is_delivered_whole(string version, int readings)
    {
        await using var centre = await Centre.Start(_folder["centre"]);
        await Golden(version);
        var site = new Plant(_folder) { To = centre.Address }.Profile("count", "1s", "uint32", "count").Device("counter", "count", 9).Write();
        await using var agent = await Agent.Start(site, _folder["agent"]);
        var identity = await Until.Found("the agent is known", async () => (await centre.Agents()).FirstOrDefault(a => a["heartbeat"] is not null)?["agent"]!.GetValue<string>());

        List<Point> Old() => [.. HistoryFile.Points(centre.Folder).Where(point => point.Agent != identity)];
        await Until.True("the old records are there", () => Old().Count >= readings);
        agent.Program.Term();
        Assert.Equal(0, await agent.Program.End());

        Assert.StartsWith("delivered", NextVersion.Outcome("outbox of this or a former format"), StringComparison.Ordinal);
        new FaultResult("F15", $"outbox of format {version}", 0) { Injected = 1, Records = readings, Lost = readings - Old().Count }.Tell(output, []);
        Assert.Equal(readings, Old().Select(point => (point.Epoch, point.Seq)).Distinct().Count());
    }

    [Fact]
    public async Task F15_an_outbox_of_a_later_format_is_left_alone_and_the_agent_says_the_repair()
    {
        await Golden("v2");
        var segment = Directory.EnumerateFiles(_folder["agent/outbox"], "*.seg").Order(StringComparer.Ordinal).Last();
        var bytes = File.ReadAllBytes(segment);
        (bytes[3], bytes[8]) = ((byte)'3', 3);
        File.WriteAllBytes(segment, bytes);
        var site = new Plant(_folder).Profile("count", "1s", "uint32", "count").Device("counter", "count", 9).Write();

        var run = await RunningProgram.Run(Repository.Agent, "run", "--site", site, "--data", _folder["agent"], "--listen", "127.0.0.1:0");
        var verify = await RunningProgram.Run(Repository.Agent, "outbox", "verify", "--data", _folder["agent"]);

        Assert.StartsWith("left as it is", NextVersion.Outcome("outbox of a later format"), StringComparison.Ordinal);
        Assert.Equal((1, 1), (run.ExitCode, verify.ExitCode));
        Assert.All([run, verify], ended => Assert.Contains("start the version of penstock that wrote it", ended.Output, StringComparison.Ordinal));
        Assert.Equal(bytes, File.ReadAllBytes(segment));
    }

    [Fact]
    public async Task F15_a_tag_that_changes_its_type_begins_a_new_version_and_shows_it()
    {
        await using var device = await Peer.Start("counting_device.py", _folder["answered"]);
        await using var centre = await Centre.Start(_folder["centre"]);
        var plant = new Plant(_folder) { To = centre.Address, Timeout = "5s" }.Profile("count", "100ms", "uint32", "count").Device("counter", "count", device.Port);
        var name = plant.Site("counter", "count");
        await RunUntil(plant, centre, "number", 10);

        plant.Profile("count", "100ms", "uint32", "count");
        var profile = _folder["hardware-profiles/count.yaml"];
        File.WriteAllText(profile, File.ReadAllText(profile).Replace("register: 0, type: uint32, unit: \"1\"", "register: 1, type: bool, bit: 0", StringComparison.Ordinal));
        await RunUntil(plant, centre, "bool", 10);

        Assert.StartsWith("a new version of the tag", NextVersion.Outcome("tag whose type or unit changed"), StringComparison.Ordinal);
        var tag = (await centre.Tags()).Single(t => t["name"]!.GetValue<string>() == name);
        Assert.Equal(("bool", 2), (tag["type"]!.GetValue<string>(), tag["tag_version"]!.GetValue<int>()));
        var history = await centre.Get($"api/v1/history?tag={Uri.EscapeDataString(name)}");
        Assert.Equal([(1, "number"), (2, "bool")], history["versions"]!.AsArray().Select(v => (v!["version"]!.GetValue<int>(), v["type"]!.GetValue<string>())));
        var stored = HistoryFile.Points(centre.Folder).Where(point => point.Q == "good").ToList();
        var (exitCode, proof) = await LoadRun.Verify("--data", centre.Folder);
        new FaultResult("F15", "type of a tag changed", 0) { Injected = 1, Records = stored.Count, Lost = proof["lost"]!.GetValue<long>(), Double = proof["double"]!.GetValue<long>() }
            .Tell(output, exitCode == 0 ? [] : [proof.ToJsonString()]);
    }

    /// <summary>Runs the agent until the tag has this type and that many more values, then ends it in order.</summary>
    private async Task RunUntil(Plant plant, Centre centre, string type, int values)
    {
        var before = HistoryFile.Points(centre.Folder).Count;
        await using var agent = await Agent.Start(plant.Write(), _folder["agent"]);
        await Until.True($"the tag is a {type}", async () => (await centre.Tags()).Any(tag => tag["type"]!.GetValue<string>() == type && tag["interval_seconds"] is not null));
        await Until.True("values flow", () => HistoryFile.Points(centre.Folder).Count >= before + values);
        agent.Program.Term();
        Assert.Equal(0, await agent.Program.End());
    }

    /// <summary>Each record of the next version, with one of this version before and behind it.</summary>
    private static IEnumerable<string> Mixed() =>
        [NextVersion.Good(1), .. Names.Index().SelectMany(name => new[] { NextVersion.Records[name.Item](Number(name.Index)), NextVersion.Good(Number(name.Index) + 1) })];

    private static long Number(int index) => (index * 2) + 2;

    private async Task Judge(Centre centre, string way)
    {
        List<string> wrong = [];
        var stored = HistoryFile.Records(centre.Folder);
        var dead = HistoryFile.DeadLetters(centre.Folder);
        foreach (var (index, name) in Names.Index())
        {
            var (seq, record) = (Number(index), NextVersion.Records[name](Number(index)));
            var isRight = NextVersion.FateOf(name) == Fate.Kept
                ? stored.TryGetValue(seq, out var kept) && NextVersion.Holds(kept, record)
                : dead.Any(letter => letter.Seq == seq && letter.Reason.Length > 0 && Encoding.UTF8.GetString(letter.Bytes) == record) && !stored.ContainsKey(seq);
            if (!isRight)
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {NextVersion.Outcome(name)}, but stored {stored.GetValueOrDefault(seq)}, dead letters {string.Join(", ", dead.Where(d => d.Seq == seq).Select(d => d.Reason))}"));
        }

        var lost = Enumerable.Range(0, Names.Count + 1).Count(index => !stored.ContainsKey((index * 2) + 1));
        var (exitCode, proof) = await LoadRun.Verify("--data", centre.Folder);
        if (exitCode != 0)
            wrong.Add(proof.ToJsonString());
        new FaultResult("F15", $"records of a next version {way}", 0) { Injected = Names.Count, Records = Mixed().Count(), Lost = lost, Double = proof["double"]!.GetValue<long>() }
            .Tell(output, wrong);
    }

    private static async Task<(int Status, string Text)> Post(Centre centre, string what, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await centre.Http.PostAsync($"api/v1/{what}", content);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A data folder whose outbox is that of a former version: an agent made the folder, and its segments are changed for these.</summary>
    private async Task Golden(string version)
    {
        await using (var agent = await Agent.Start(new Plant(_folder).Profile("count", "1s", "uint32", "count").Device("counter", "count", 9).Write(), _folder["agent"]))
        {
            agent.Program.Term();
            Assert.Equal(0, await agent.Program.End());
        }

        foreach (var file in Directory.GetFiles(_folder["agent/outbox"]))
            File.Delete(file);
        foreach (var file in Directory.EnumerateFiles(Repository.Path($"tests/UnitTests/Outbox/golden/{version}"), "*.seg"))
            File.Copy(file, Path.Combine(_folder["agent/outbox"], Path.GetFileName(file)));
    }
}
