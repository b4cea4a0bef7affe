using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>The raw rows of an embedded historian, read by SQL: without the API's limits and without the product.</summary>
internal static class HistoryFile
{
    private static readonly string[] Qualities = ["good", "uncertain", "bad"];

    public static IReadOnlyList<Point> Points(string centreFolder) => Rows(
        centreFolder,
        "SELECT r.ts, r.value, r.q, r.why, e.agent, e.epoch, r.seq, r.committed FROM readings r JOIN epochs e ON e.id = r.epoch ORDER BY r.ts",
        r => new Point(
            Moment(r.GetInt64(0)), r.IsDBNull(1) ? null : r.GetDouble(1), Qualities[r.GetInt32(2)], r.IsDBNull(3) ? null : r.GetString(3),
            r.GetString(4), r.GetString(5), r.GetInt64(6), Moment(r.GetInt64(7))));

    /// <summary>Gaps as the API tells them, as far as a judge needs them.</summary>
    public static IReadOnlyList<JsonNode> Gaps(string centreFolder) => Rows<JsonNode>(
        centreFolder,
        "SELECT from_ts, to_ts, cause, numbers FROM gaps ORDER BY from_ts",
        r => new JsonObject
        {
            ["from"] = Moment(r.GetInt64(0)).ToString("O"),
            ["to"] = Moment(r.GetInt64(1)).ToString("O"),
            ["cause"] = r.GetString(2),
            ["numbers"] = r.IsDBNull(3) ? null : JsonNode.Parse(r.GetString(3)),
        });

    /// <summary>Readings and events as JSON with their unknown fields, by number; for tests with one epoch.</summary>
    public static IReadOnlyDictionary<long, string> Records(string centreFolder)
    {
        var readings = Rows(
            centreFolder,
            """
            SELECT r.seq, json_patch(json_object('v', 1, 'site', t.site, 'device', t.device, 'tag', t.tag, 'kind', t.info ->> 'kind',
                    'ts', strftime('%Y-%m-%dT%H:%M:%S', r.ts / 1000000, 'unixepoch') || printf('.%06dZ', r.ts % 1000000),
                    'value', CASE WHEN r.value = CAST(r.value AS INTEGER) THEN CAST(r.value AS INTEGER) ELSE r.value END, 'unit', u.symbol,
                    'q', CASE r.q WHEN 0 THEN 'good' WHEN 1 THEN 'uncertain' ELSE 'bad' END, 'agent', e.agent, 'epoch', e.epoch, 'seq', r.seq),
                coalesce(r.extra, '{}'))
            FROM readings r JOIN tags t ON t.id = r.tag JOIN epochs e ON e.id = r.epoch LEFT JOIN units u ON u.id = r.unit
            """,
            r => (r.GetInt64(0), r.GetString(1)));
        var events = Rows(centreFolder, "SELECT seq, json FROM events", r => (r.GetInt64(0), r.GetString(1)));
        return readings.Concat(events).ToDictionary();
    }

    public static IReadOnlyList<DeadLetter> DeadLetters(string centreFolder) => Rows(
        centreFolder,
        "SELECT seq, reason, bytes, size, topic, partition, message_offset FROM dead_letters ORDER BY id",
        r => new DeadLetter(
            r.IsDBNull(0) ? null : r.GetInt64(0), r.GetString(1), r.GetFieldValue<byte[]>(2), r.GetInt64(3), r.IsDBNull(4) ? null : r.GetString(4),
            r.IsDBNull(5) ? null : r.GetInt32(5), r.IsDBNull(6) ? null : r.GetInt64(6)));

    /// <summary>What the ledger says of numbers.</summary>
    public static IReadOnlyList<(long From, long To)> Ledger(string centreFolder) =>
        Rows(centreFolder, "SELECT from_seq, to_seq FROM ledger", r => (r.GetInt64(0), r.GetInt64(1)));

    /// <summary>Readings with what they say of their clock.</summary>
    public static IReadOnlyList<ClockRow> ClockRows(string centreFolder) => Rows(
        centreFolder,
        "SELECT e.epoch, r.seq, r.value, r.ts, r.clock FROM readings r JOIN epochs e ON e.id = r.epoch WHERE r.q = 0",
        r => new ClockRow(r.GetString(0), r.GetInt64(1), (long)r.GetDouble(2), Moment(r.GetInt64(3)), r.GetInt32(4) == 3));

    /// <summary>Offsets of clocks that were told.</summary>
    public static IReadOnlyList<ClockWord> ClockWords(string centreFolder) => Rows(
        centreFolder,
        "SELECT e.epoch, v.seq, v.json FROM events v JOIN epochs e ON e.id = v.epoch WHERE v.event = 'clock-offset' ORDER BY v.epoch, v.seq",
        r =>
        {
            var offset = JsonNode.Parse(r.GetString(2))!["offset"]!;
            return new ClockWord(
                r.GetString(0), r.GetInt64(1), offset["seconds"]!.GetValue<double>(),
                [.. offset["numbers"]!.AsArray().Select(range => (range!["epoch"]!.GetValue<string>(), range["from"]!.GetValue<long>(), range["to"]!.GetValue<long>()))]);
        });

    private static List<T> Rows<T>(string centreFolder, string sql, Func<SqliteDataReader, T> map)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(centreFolder, "history.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
            rows.Add(map(reader));
        return rows;
    }

    private static DateTimeOffset Moment(long microseconds) => DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds);
}

/// <summary>One row of the table of dead letters. Topic, partition and offset are null when it came over HTTP.</summary>
internal sealed record DeadLetter(long? Seq, string Reason, byte[] Bytes, long Size, string? Topic, int? Partition, long? Offset);
