using System.Text.Json;
using System.Text.RegularExpressions;
using Penstock.Central.Historian;
using Penstock.Central.Historian.Sqlite;
using Penstock.Central.Transfer;
using Penstock.Contracts;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

/// <summary>The move of a history from one engine to another.</summary>
public sealed partial class TransferTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_move_from_the_file_to_PostgreSQL_and_back_loses_nothing_and_can_be_repeated()
    {
        var database = await PostgresDatabases.NewAsync();
        await using var file = new SqliteHistorian(_folder["a.db"], TimeProvider.System);
        await using var server = await PostgresDatabases.OpenAsync(database, TimeProvider.System);
        await using var back = new SqliteHistorian(_folder["b.db"], TimeProvider.System);
        await FillAsync(file);

        var before = await Export(file, "one");
        var first = await Import(server, "one");
        var again = await Import(server, "one");
        var moved = await Export(server, "two");
        await Import(back, "two");

        Assert.Equal((503, 0), first);
        Assert.Equal((0, 503), again);
        Assert.Equal(before, moved);
        Assert.Equal(before, await Export(back, "three"));
        Assert.Equal([(1, "V", Noon), (2, "kV", Noon + TimeSpan.FromHours(1))], (await back.ExportTagVersionsAsync(default)).Where(v => v.Key.Tag == "t1").Select(v => (v.Version, v.Unit, v.Since)));
        Assert.Equal(await DumpAsync(file), await DumpAsync(server));
    }

    [Fact]
    public async Task A_changed_file_is_refused_by_name_and_line()
    {
        await using var file = new SqliteHistorian(_folder["a.db"], TimeProvider.System);
        await FillAsync(file);
        await Export(file, "one");
        var path = Path.Combine(_folder["one"], "readings.csv");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("2026-03-01T13:", "yesterday ", StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<HistorianException>(async () => await Import(file, "one"));

        Assert.Contains("readings.csv, record", error.Message, StringComparison.Ordinal);
    }

    // Everything that a record can hold, in an order that no export may show.
    private static async Task FillAsync(SqliteHistorian historian)
    {
        var unknown = JsonDocument.Parse("""{"x":[1,"z"]}""").RootElement;
        var readings = Enumerable.Range(1, 500).Select(i => Reading(i, i * 7 % 100 / 3.0, (i % 97 * 80) + (i / 1000.0), $"t{i % 5}", $"e{i % 3}", (Quality)(i % 3)) with
        {
            Text = (i % 4) switch { 0 => null, 1 => "a,b \"c\"\nd", 2 => "", _ => "é" },
            Late = i % 2 == 0,
            Clock = (ClockState)(i % 4),
            Unit = i % 6 == 0 ? null : "V",
            Unknown = i % 50 == 0 ? new() { ["later"] = unknown } : null,
        }).ToList();
        await historian.SaveTagsAsync([Tag("t1") with { Label = "one" }, Tag("t2", was: "north/meter/old")], default);
        await historian.SaveTagsAsync([Tag("t1") with { Unit = "kV", TagVersion = 2, Ts = Noon + TimeSpan.FromHours(1) }], default);
        await historian.SaveTagsAsync([Tag("t1") with { Label = "one", Unit = "kV", TagVersion = 2, Ts = Noon + TimeSpan.FromHours(2) }], default);
        foreach (var chunk in new Random(7).GetItems<Reading[]>([.. readings.Chunk(40)], 20).Concat(readings.Chunk(60).Reverse()))
            await historian.CommitAsync([Group(chunk)], [], default);
        await historian.CommitAsync([Group(Gap(1000, "e1", new SeqRange("e0", 5, 9)), Gap(1001, "e2"), Gap(1002, "e0"))], [], default);
        await historian.CommitAsync([Refused(Refusal(2000))], [], default);
    }

    private async Task<string> Export(IHistorian historian, string name)
    {
        Directory.CreateDirectory(_folder[name]);
        var sums = await new HistoryExport((IHistoryTransfer)historian, (_, _) => { }).RunAsync(file => File.Create(Path.Combine(_folder[name], file)), default);
        return string.Join('\n', sums);
    }

    private Task<(long, long)> Import(IHistorian historian, string name) => new HistoryImport(historian, _ => { }).RunAsync(_folder[name], default);

    // The time of receipt is the import's own; everything else is equal, sums of roll-ups to the last bit.
    private static async Task<string> DumpAsync(IHistorian historian)
    {
        while (await historian.RefreshRollUpsAsync(1000, default) > 0)
        {
        }

        return CommitTime().Replace(await HistorianDump.OfAsync(historian), "");
    }

    [GeneratedRegex("Committed = [^ ]+")]
    private static partial Regex CommitTime();
}
