using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>F16: a foreign producer writes poison of every kind between good records. Its partition goes on, and a person decides on what was refused.</summary>
[Collection(OneKafka.Name)]
public sealed class F16PoisonTests(SharedKafka kafka, ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task F16_poison_of_every_kind_becomes_a_dead_letter_and_every_good_record_is_stored()
    {
        Needs.Kafka();
        var rounds = FaultSize.Of(1, 10, 100);
        var seed = FaultSize.Seed();
        var random = new Random(seed);
        using var topics = await PlantTopics.Make(await kafka.Server(), _folder);
        await using var centre = await Centre.Start(_folder["centre"], more: topics.Arguments);
        var (good, longest) = (0L, TimeSpan.Zero);
        // The poison claims numbers 7 and 8 of a1; these are the ones before.
        await topics.Send("readings", "north/meter", Enumerable.Range(1, 6).Select(seq => PlantTopics.Reading(seq)));

        for (var round = 0; round < rounds; round++)
        {
            var kinds = Poison.Kinds.Values.Select(kind => kind.Value).ToArray();
            random.Shuffle(kinds);
            foreach (var (index, poison) in kinds.Index())
                await topics.Send("readings", $"north/meter-{index % 3}", poison, PlantTopics.Reading(++good, "a2"));
            var began = TimeProvider.System.GetTimestamp();
            await Until.True("the good records behind the poison are stored", () => Stored().Count == good);
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, TimeProvider.System.GetElapsedTime(began).Ticks));
        }

        var sent = (await topics.Read("readings", "all of the topic", messages => messages.Count >= (2 * good) + 6)).ToDictionary(m => ((int)m.Partition, (long)m.Offset), m => m.Message.Value);
        var told = await topics.Read("dead-letters", "every poison is told", messages => messages.Count >= rounds * Poison.Kinds.Count);
        var wrong = Judge(topics, sent, HistoryFile.DeadLetters(centre.Folder)).ToList();
        if (told.Count != rounds * Poison.Kinds.Count)
            wrong.Add($"{told.Count} letters in the topic, {rounds * Poison.Kinds.Count} were sent");
        var (exitCode, proof) = await LoadRun.Verify("--data", centre.Folder);
        if (exitCode != 0)
            wrong.Add(proof.ToJsonString());
        new FaultResult("F16", $"poison of {Poison.Kinds.Count} kinds between good records", seed)
        {
            Injected = rounds * Poison.Kinds.Count,
            Records = good,
            Lost = good - Stored().Distinct().Count(),
            Double = Stored().Count - Stored().Distinct().Count(),
            Recovery = longest,
        }.Tell(output, wrong);
    }

    [Fact]
    public async Task F16_a_person_lists_exports_retries_and_discards_dead_letters()
    {
        string[] history = ["--data", _folder["centre"]];
        await using (var centre = await Centre.Start(_folder["centre"]))
        {
            var lines = string.Join('\n', Poison.Kinds.Values.Select(kind => kind.Value).OfType<byte[]>().Where(value => value.Length > 0 && !value.Contains((byte)'\n') && value.Length < 10_000).Select(Encoding.Latin1.GetString));
            using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(lines + "\n"));
            content.Headers.ContentType = new("application/x-ndjson");
            using var answer = await centre.Http.PostAsync("api/v1/records", content);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            var running = await DeadLetters(["list", .. history]);
            Assert.Equal((0, HistoryFile.DeadLetters(centre.Folder).Count), (running.ExitCode, Lines(running)));
            Assert.NotEqual(0, (await DeadLetters(["retry", .. history])).ExitCode);
            centre.Program.Term();
            await centre.Program.End();
        }

        var letters = HistoryFile.DeadLetters(_folder["centre"]);
        var exported = await DeadLetters(["export", "--to", _folder["letters.ndjson"], .. history]);
        UnderstandVersion2();
        var retried = await DeadLetters(["retry", .. history]);
        var without = await DeadLetters(["discard", .. history]);
        var some = await DeadLetters(["discard", "--reason", "UTF-8", .. history]);
        var left = await DeadLetters(["list", "--format", "json", .. history]);
        var rest = await DeadLetters(["discard", "--all", .. history]);

        Assert.Equal(0, exported.ExitCode);
        Assert.Equal(letters.Select(l => Convert.ToBase64String(l.Bytes)), File.ReadLines(_folder["letters.ndjson"]).Select(line => JsonNode.Parse(line)!["bytes"]!.GetValue<string>()));
        Assert.Equal(1, retried.ExitCode);
        Assert.Contains($"1 stored, 0 were there already, {letters.Count - 1} still refused", retried.Output, StringComparison.Ordinal);
        Assert.Equal(7, Assert.Single(HistoryFile.Points(_folder["centre"])).Seq);
        Assert.Equal(2, without.ExitCode);
        Assert.Equal(0, some.ExitCode);
        Assert.DoesNotContain("UTF-8", left.Output, StringComparison.Ordinal);
        Assert.InRange(Lines(left), 1, letters.Count - 2);
        Assert.Contains($"{Lines(left)} dead letters removed", rest.Output, StringComparison.Ordinal);
        Assert.Empty(HistoryFile.DeadLetters(_folder["centre"]));
    }

    private List<long> Stored() => [.. HistoryFile.Points(_folder["centre"]).Where(point => point.Agent == "a2").Select(point => point.Seq)];

    /// <summary>Every kind stands in the table once, with its reason and bytes, and its origin names a message with these bytes.</summary>
    private static IEnumerable<string> Judge(PlantTopics topics, Dictionary<(int, long), byte[]?> sent, IReadOnlyList<DeadLetter> letters)
    {
        foreach (var (name, (value, _)) in Poison.Kinds)
        {
            var mine = letters.Where(l => l.Topic == topics["readings"] && l.Partition is { } partition && l.Offset is { } offset
                && sent.TryGetValue((partition, offset), out var message) && (message is null) == (value is null) && (message ?? []).AsSpan().SequenceEqual(value)).ToList();
            if (mine is not [var letter])
                yield return $"{name}: {mine.Count} letters";
            else if (letter.Reason.Length == 0 || letter.Size != (value?.Length ?? 0) || !(value ?? []).AsSpan().StartsWith(letter.Bytes) || letter.Bytes.Length < Math.Min(letter.Size, 16_384))
                yield return $"{name}: reason '{letter.Reason}', {letter.Bytes.Length} of {letter.Size} bytes kept";
        }

        if (letters.Count != Poison.Kinds.Count)
            yield return $"{letters.Count} letters in the table for {Poison.Kinds.Count} kinds";
    }

    /// <summary>To the letter of version 2 what a program of that version is: its <c>v</c> is understood.</summary>
    private void UnderstandVersion2()
    {
        using var connection = new SqliteConnection($"Data Source={_folder["centre/history.db"]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """UPDATE dead_letters SET bytes = CAST(replace(CAST(bytes AS TEXT), '"v":2', '"v":1') AS BLOB) WHERE reason LIKE 'v is 2%'""";
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private static Task<Ended> DeadLetters(string[] words) => RunningProgram.Run(Repository.Central, ["dead-letters", .. words]);

    private static int Lines(Ended ended) => ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
}
