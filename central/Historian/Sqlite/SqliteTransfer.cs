using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>Reads a whole embedded history in the order of a transfer.</summary>
internal static class SqliteTransfer
{
    private const string ReadingQuery =
        """
        SELECT r.ts, r.value, r.text, u.symbol, r.q, r.why, r.clock, r.late, e.agent, e.epoch, r.seq, r.extra
        FROM readings r JOIN epochs e ON e.id = r.epoch LEFT JOIN units u ON u.id = r.unit
        WHERE r.tag = $tag ORDER BY r.ts, e.agent, e.epoch, r.seq
        """;

    public static List<(TagKey, TagInfo?)> Tags(SqliteConnection connection) => connection.Rows(
        r => (new TagKey(r.GetString(0), r.GetString(1), r.GetString(2)), r.GetInt64(4) == long.MinValue ? null : Info(r.GetString(3))),
        "SELECT site, device, tag, info, announced FROM tags ORDER BY site, device, tag");

    public static async IAsyncEnumerable<Reading> ReadingsAsync(Database database, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginTransaction(deferred: true);
        var tags = connection.Rows(
            r => (Id: r.GetInt32(0), Key: new TagKey(r.GetString(1), r.GetString(2), r.GetString(3)), Info(r.GetString(4)).Kind),
            "SELECT id, site, device, tag, info FROM tags ORDER BY site, device, tag");
        foreach (var (id, key, kind) in tags)
        {
            using var command = connection.CreateCommand();
            command.CommandText = ReadingQuery;
            command.Parameters.AddWithValue("$tag", id);
            using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                yield return Map(reader, key, kind);
        }
    }

    public static async IAsyncEnumerable<Event> EventsAsync(Database database, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT v.json FROM events v JOIN epochs e ON e.id = v.epoch ORDER BY e.agent, e.epoch, v.seq";
        using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            yield return JsonSerializer.Deserialize(reader.GetString(0), ContractsJson.Wire.Event)!; // it was written as an event
    }

    public static List<EpochNumbers> Ledger(SqliteConnection connection)
    {
        var ranges = connection.Rows(
            r => (Epoch: r.GetInt64(0), Range: new LedgerRange(r.GetInt64(1), r.GetInt64(2), (LedgerState)r.GetInt32(3))),
            "SELECT epoch, from_seq, to_seq, state FROM ledger ORDER BY epoch, from_seq").ToLookup(r => r.Epoch, r => r.Range);
        return connection.Rows(
            r => new EpochNumbers(r.GetString(1), r.GetString(2), [.. ranges[r.GetInt64(0)]], r.Integer(3) ?? 0),
            "SELECT e.id, e.agent, e.epoch, x.count FROM epochs e LEFT JOIN removed_numbers x ON x.epoch = e.id ORDER BY e.agent, e.epoch");
    }

    public static int Take(SqliteConnection connection, LedgerBook ledger, IReadOnlyList<EpochNumbers> epochs, Timestamp now)
    {
        foreach (var epoch in epochs)
        {
            var open = ledger.Open(epoch.Agent, epoch.Epoch, now);
            foreach (var range in epoch.Ranges)
                ledger.Mark(open, range.From, range.To, range.State);
            if (epoch.Removed > 0)
            {
                connection.Run(
                    "INSERT INTO removed_numbers (epoch, count) VALUES ($epoch, $count) ON CONFLICT (epoch) DO UPDATE SET count = max(count, excluded.count)",
                    ("$epoch", open.Id), ("$count", epoch.Removed));
            }
        }

        ledger.Flush();
        return epochs.Count;
    }

    private static TagInfo Info(string json) => JsonSerializer.Deserialize(json, ContractsJson.Wire.TagInfo)!; // it was written as one

    private static Reading Map(SqliteDataReader r, TagKey key, string kind) => new()
    {
        Site = key.Site,
        Device = key.Device,
        Tag = key.Tag,
        Kind = kind,
        Ts = new(r.GetInt64(0)),
        Value = r.Number(1),
        Text = r.Text(2),
        Unit = r.Text(3),
        Q = (Quality)r.GetInt32(4),
        Why = r.Text(5),
        Clock = (ClockState)r.GetInt32(6),
        Late = r.GetInt32(7) != 0,
        Agent = r.GetString(8),
        Epoch = r.GetString(9),
        Seq = r.GetInt64(10),
        Unknown = r.Text(11) is { } extra ? JsonSerializer.Deserialize(extra, CentralJson.Wire.DictionaryStringJsonElement) : null,
    };
}
