using System.Text.Json.Nodes;
using Penstock.IntegrationTests.Acceptance;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>F6: bytes of a closed outbox change, vanish or change places. Only what was hit is lost, and it is named.</summary>
[Collection(Alone.Name)]
public sealed class F06BitRotTests(ITestOutputHelper output)
{
    [Fact]
    public async Task F06_a_damaged_outbox_loses_only_what_was_hit_and_names_it()
    {
        var mutations = FaultSize.Of(2, 40, 1000);
        var seed = FaultSize.Seed();
        var random = new Random(seed);
        using var folder = new TempFolder();
        var answered = await Fill(folder);
        var (lost, twice, told, wrong) = (0L, 0L, 0L, new List<string>());

        for (var mutation = 0; mutation < mutations; mutation++)
        {
            using var copy = new TempFolder();
            var damage = Damage(folder["agent"], copy["agent"], random);
            var (stored, gaps) = await Deliver(folder, copy);
            twice += stored.Count - stored.Distinct().Count();
            var missing = answered.Where(answer => !stored.Contains(answer.Number)).ToList();
            var unnamed = missing.Where(answer => !gaps.Any(gap => IsIn(gap, answer.At))).ToList();
            told += missing.Count - unnamed.Count;
            lost += unnamed.Count;
            if (unnamed.Count > 0)
                wrong.Add($"{damage}: {unnamed.Count} of {missing.Count} missing counts are in no gap, the first {unnamed[0]}");
        }

        new FaultResult("F6", "bytes of a closed outbox changed", seed) { Injected = mutations, Records = (long)answered.Count * mutations, Lost = lost, Double = twice, Told = told }
            .Tell(output, wrong);
    }

    /// <summary>An outbox with records that nobody took, closed in order.</summary>
    private static async Task<IReadOnlyList<CrashOracle.Answer>> Fill(TempFolder folder)
    {
        await using var world = await World.Make(folder);
        await world.StartAgent();
        await world.Answers(40);
        await world.StopAgent();
        return CrashOracle.Read(folder["answered"]);
    }

    private static string Damage(string from, string to, Random random)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!); // a file has a folder
            File.Copy(file, target);
        }

        var segment = Directory.EnumerateFiles(Path.Combine(to, "outbox"), "*.seg").Order(StringComparer.Ordinal).First();
        var bytes = File.ReadAllBytes(segment);
        var used = Array.FindLastIndex(bytes, value => value != 0) + 1;
        var at = random.Next(used);
        var (what, changed) = random.Next(5) switch
        {
            0 => ("one bit", Change(bytes, at, 1, value => (byte)(value ^ (1 << random.Next(8))))),
            1 => ("a zeroed sector", Change(bytes, at / 512 * 512, 512, _ => 0)),
            2 => ("random bytes", Change(bytes, at, random.Next(1, 2000), _ => (byte)random.Next(256))),
            3 => ("a cut file", bytes[..at]),
            _ => ("two swapped sectors", Swap(bytes, at / 512 * 512, random.Next(used) / 512 * 512)),
        };
        File.WriteAllBytes(segment, changed);
        return $"{what} at {at} of {used}";
    }

    private static byte[] Change(byte[] bytes, int at, int count, Func<byte, byte> change)
    {
        for (var i = at; i < Math.Min(bytes.Length, at + count); i++)
            bytes[i] = change(bytes[i]);
        return bytes;
    }

    private static byte[] Swap(byte[] bytes, int left, int right)
    {
        for (var i = 0; i < 512; i++)
            (bytes[left + i], bytes[right + i]) = (bytes[right + i], bytes[left + i]);
        return bytes;
    }

    /// <summary>Starts the agent on the damaged copy, with its device silent, and lets it deliver to a new centre.</summary>
    private static async Task<(IReadOnlyList<long> Stored, IReadOnlyList<JsonNode> Gaps)> Deliver(TempFolder folder, TempFolder copy)
    {
        await using var centre = await Centre.Start(copy["centre"]);
        var site = File.ReadAllText(folder["site.yaml"]);
        var to = site.IndexOf("http://", StringComparison.Ordinal);
        copy.Write("site.yaml", site.Replace(site[to..site.IndexOf('"', to)], centre.Address, StringComparison.Ordinal));
        Directory.CreateDirectory(copy["hardware-profiles"]);
        File.Copy(folder["hardware-profiles/count.yaml"], copy["hardware-profiles/count.yaml"]);
        await using var agent = await Agent.Start(copy["site.yaml"], copy["agent"]);
        var from = TimeProvider.System.GetUtcNow();
        await Until.True("what was in the outbox is delivered", async () => await IsDrained(centre, from));
        var good = HistoryFile.Points(centre.Folder).Where(point => point.Q == "good");
        return ([.. good.Select(point => (long)point.Value!)], HistoryFile.Gaps(centre.Folder)); // a good count has a value
    }

    private static async Task<bool> IsDrained(Centre centre, DateTimeOffset from)
    {
        var agents = await centre.Agents();
        return agents.Count > 0 && agents[0]["heartbeat"] is { } heartbeat && Point.Moment(heartbeat["ts"]!) > from
            && (heartbeat["outbox"]!["oldest"] is not { } oldest || Point.Moment(oldest) > from);
    }

    private static bool IsIn(JsonNode gap, DateTimeOffset moment) => Point.Moment(gap["from"]!) <= moment && Point.Moment(gap["to"]!) >= moment;
}
