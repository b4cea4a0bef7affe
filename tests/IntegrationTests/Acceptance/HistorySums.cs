using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Penstock.IntegrationTests.Acceptance;

/// <summary>Count and check sum of each part of a history, read by SQL and by nothing of the product; equal for equal histories.</summary>
internal static class HistorySums
{
    // Both engines have these tables and columns; a time is microseconds in one and timestamptz in the other.
    private const string Readings =
        """
        SELECT t.site, t.device, t.tag, r.ts, e.agent, e.epoch, r.seq, r.value, r.text, u.symbol, r.q, r.why, r.clock, r.late, r.extra
        FROM readings r JOIN tags t ON t.id = r.tag JOIN epochs e ON e.id = r.epoch LEFT JOIN units u ON u.id = r.unit
        """;

    private const string Events =
        "SELECT e.agent, e.epoch, v.seq, v.ts, v.event, v.site, v.device, v.json FROM events v JOIN epochs e ON e.id = v.epoch";

    private const string Gaps =
        """
        SELECT e.agent, e.epoch, g.seq, g.ts, g.site, g.device, g.tags, g.from_ts, g.to_ts, g.cause, g.message, g.numbers, g.samples
        FROM gaps g JOIN epochs e ON e.id = g.epoch
        """;

    private const string Tags =
        "SELECT t.site, t.device, t.tag, t.info, t.announced, w.site, w.device, w.tag FROM tags t LEFT JOIN tags w ON w.id = t.was";

    private const string Versions = "SELECT t.site, t.device, t.tag, v.version, v.type, v.unit, v.since FROM tag_versions v JOIN tags t ON t.id = v.tag";

    private const string Ledger = "SELECT e.agent, e.epoch, l.state, l.from_seq, l.to_seq FROM ledger l JOIN epochs e ON e.id = l.epoch";

    private const string Claims = " UNION ALL SELECT e.agent, e.epoch, c.state, c.from_seq, c.to_seq FROM claims c JOIN epochs e ON e.id = c.epoch";

    private const string RollUp = "t.site, t.device, t.tag, r.start, r.count, r.min, r.max, r.sum, r.first, r.first_ts, r.last, r.last_ts, r.increase, r.worst";

    private static readonly string[] Levels = ["minute", "hour", "day"];

    public static async Task<IReadOnlyList<string>> OfFile(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        return await Of(connection, Ledger, level => $"SELECT {RollUp} FROM rollups r JOIN tags t ON t.id = r.tag WHERE r.level = {level}");
    }

    public static async Task<IReadOnlyList<string>> OfServer(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Search Path=penstock");
        await connection.OpenAsync();
        return await Of(connection, Ledger + Claims, level => $"SELECT {RollUp} FROM rollups_{Levels[level]} r JOIN tags t ON t.id = r.tag");
    }

    private static async Task<IReadOnlyList<string>> Of(DbConnection connection, string ledger, Func<int, string> rollUps)
    {
        List<string> sums =
        [
            Sum("readings", await Rows(connection, Readings)),
            Sum("events", await Rows(connection, Events)),
            Sum("gaps", await Rows(connection, Gaps)),
            Sum("tags", await Rows(connection, Tags)),
            Sum("tag versions", await Rows(connection, Versions)),
            Sum("numbers of the ledger", [.. (await Rows(connection, ledger)).SelectMany(Numbers)]),
        ];
        foreach (var (level, name) in Levels.Index())
            sums.Add(Sum($"roll-ups by {name}", await Rows(connection, rollUps(level))));
        return sums;
    }

    /// <summary>One line a number: engines may cut the same numbers into other ranges.</summary>
    private static IEnumerable<string[]> Numbers(string[] range)
    {
        for (var number = long.Parse(range[3], CultureInfo.InvariantCulture); number <= long.Parse(range[4], CultureInfo.InvariantCulture); number++)
            yield return [.. range[..3], number.ToString(CultureInfo.InvariantCulture)];
    }

    private static string Sum(string what, IReadOnlyList<string[]> rows)
    {
        var lines = rows.Select(row => string.Join('\u001f', row)).Order(StringComparer.Ordinal);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u001e', lines)));
        return string.Create(CultureInfo.InvariantCulture, $"{what}: {rows.Count} {Convert.ToHexStringLower(hash)}");
    }

    private static async Task<IReadOnlyList<string[]>> Rows(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        List<string[]> rows = [];
        while (await reader.ReadAsync())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => Text(reader.GetValue(column)))]);
        return rows;
    }

    private static string Text(object value) => value switch
    {
        DBNull => "null",
        string text => $"'{text}'",
        bool flag => flag ? "1" : "0",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        DateTime moment => ((moment - DateTime.UnixEpoch).Ticks / 10).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!, // no null: the database has DBNull
    };
}
