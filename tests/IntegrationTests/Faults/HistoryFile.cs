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
