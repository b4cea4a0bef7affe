using System.Data;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>Reads a whole history out of PostgreSQL in the order of a transfer: texts are compared by their bytes.</summary>
internal static class PostgresTransfer
{
    private const string ReadingQuery =
        """
        SELECT r.ts, r.value, r.text, u.symbol, r.q, r.why, r.clock, r.late, e.agent, e.epoch, r.seq, r.extra
        FROM readings r JOIN epochs e ON e.id = r.epoch LEFT JOIN units u ON u.id = r.unit
        WHERE r.tag = $1 ORDER BY r.ts, e.agent COLLATE "C", e.epoch COLLATE "C", r.seq
        """;

    public static async Task<IReadOnlyList<(TagKey, TagInfo?)>> TagsAsync(NpgsqlConnection connection, CancellationToken cancel) => await connection.RowsAsync(
        r => (new TagKey(r.GetString(0), r.GetString(1), r.GetString(2)), r.GetInt64(4) == long.MinValue ? null : Info(r.GetString(3))),
        "SELECT site, device, tag, info, announced FROM tags ORDER BY site COLLATE \"C\", device COLLATE \"C\", tag COLLATE \"C\"", cancel);

    public static async IAsyncEnumerable<Reading> ReadingsAsync(Server server, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var connection = await server.OpenAsync(cancel);
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var tags = await connection.RowsAsync(
            r => (Id: r.GetInt32(0), Key: new TagKey(r.GetString(1), r.GetString(2), r.GetString(3)), Info(r.GetString(4)).Kind),
            "SELECT id, site, device, tag, info FROM tags ORDER BY site COLLATE \"C\", device COLLATE \"C\", tag COLLATE \"C\"", cancel);
        foreach (var (id, key, kind) in tags)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = ReadingQuery;
            command.CommandTimeout = 0;
            command.Parameters.Add(new() { Value = id });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                yield return Map(reader, key, kind);
        }
    }

    public static async IAsyncEnumerable<Event> EventsAsync(Server server, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var connection = await server.OpenAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT v.json FROM events v JOIN epochs e ON e.id = v.epoch ORDER BY e.agent COLLATE \"C\", e.epoch COLLATE \"C\", v.seq";
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            yield return JsonSerializer.Deserialize(reader.GetString(0), ContractsJson.Wire.Event)!; // it was written as an event
    }

    public static async Task<IReadOnlyList<EpochNumbers>> LedgerAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var epochs = await connection.RowsAsync(
            r => (Id: r.GetInt32(0), Agent: r.GetString(1), Epoch: r.GetString(2), Removed: r.Integer(3) ?? 0),
            "SELECT e.id, e.agent, e.epoch, x.count FROM epochs e LEFT JOIN removed_numbers x ON x.epoch = e.id ORDER BY e.agent COLLATE \"C\", e.epoch COLLATE \"C\"",
            cancel);
        var ledgers = await LedgerTable.ReadAllAsync(connection, [.. epochs.Select(e => e.Id)], cancel);
        return [.. epochs.Select(e => new EpochNumbers(e.Agent, e.Epoch, ledgers.GetValueOrDefault(e.Id)?.Ranges ?? [], e.Removed))];
    }

    public static async Task<int> TakeAsync(Session session, IReadOnlyList<EpochNumbers> epochs, Timestamp now, CancellationToken cancel)
    {
        await session.Catalog.AddEpochsAsync(session.Connection, epochs.Select(e => (e.Agent, e.Epoch)).Distinct(), now, cancel);
        var claims = epochs.SelectMany(e => e.Ranges.Select(r => (Epoch: session.Catalog.Epoch(e.Agent, e.Epoch), Range: r))).ToList();
        await session.Connection.RunAsync(
            "INSERT INTO claims (epoch, from_seq, to_seq, state) SELECT * FROM unnest($1, $2, $3, $4)", cancel,
            claims.Select(c => c.Epoch).ToArray(), claims.Select(c => c.Range.From).ToArray(), claims.Select(c => c.Range.To).ToArray(),
            claims.Select(c => (short)c.Range.State).ToArray());
        var removed = epochs.Where(e => e.Removed > 0).ToList();
        await session.Connection.RunAsync(
            """
            INSERT INTO removed_numbers AS old (epoch, count) SELECT * FROM unnest($1, $2)
            ON CONFLICT (epoch) DO UPDATE SET count = greatest(old.count, excluded.count)
            """,
            cancel, removed.Select(e => session.Catalog.Epoch(e.Agent, e.Epoch)).ToArray(), removed.Select(e => e.Removed).ToArray());
        return epochs.Count;
    }

    private static TagInfo Info(string json) => JsonSerializer.Deserialize(json, ContractsJson.Wire.TagInfo)!; // it was written as one

    private static Reading Map(NpgsqlDataReader r, TagKey key, string kind) => new()
    {
        Site = key.Site,
        Device = key.Device,
        Tag = key.Tag,
        Kind = kind,
        Ts = r.Moment(0),
        Value = r.Number(1),
        Text = r.Text(2),
        Unit = r.Text(3),
        Q = (Quality)r.GetInt16(4),
        Why = r.Text(5),
        Clock = (ClockState)r.GetInt16(6),
        Late = r.GetBoolean(7),
        Agent = r.GetString(8),
        Epoch = r.GetString(9),
        Seq = r.GetInt64(10),
        Unknown = r.Text(11) is { } extra ? JsonSerializer.Deserialize(extra, CentralJson.Wire.DictionaryStringJsonElement) : null,
    };
}
