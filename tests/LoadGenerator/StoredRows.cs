using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Penstock.LoadGenerator;

/// <summary>One row as it stands in the historian.</summary>
internal readonly record struct StoredRow(
    string Agent, string Epoch, long Seq, string? Event, string Device, string? Tag, long Ts, double? Value, string? Text, string? Unit, long Quality, string? Why);

/// <summary>The raw rows of a historian, read by SQL and by nothing of the product.</summary>
internal sealed class StoredRows(string? sqlite, string? postgres)
{
    // Both engines have these tables and columns.
    private const string Query =
        """
        SELECT e.agent, e.epoch, r.seq, NULL, t.device, t.tag, r.ts, r.value, r.text, u.symbol, r.q, r.why
        FROM readings r JOIN epochs e ON e.id = r.epoch JOIN tags t ON t.id = r.tag LEFT JOIN units u ON u.id = r.unit
        WHERE t.site = 'load'
        UNION ALL
        SELECT e.agent, e.epoch, v.seq, v.event, v.device, NULL, v.ts, NULL, NULL, NULL, 0, NULL
        FROM events v JOIN epochs e ON e.id = v.epoch WHERE v.site = 'load'
        """;

    public async IAsyncEnumerable<StoredRow> ReadAsync()
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = Query;
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            yield return Map(reader);
    }

    public async Task<DbConnection> OpenAsync()
    {
        DbConnection connection = sqlite is not null
            ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = sqlite, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString())
            : new NpgsqlConnection(postgres);
        await connection.OpenAsync();
        return connection;
    }

    private static StoredRow Map(DbDataReader r) => new(
        r.GetString(0), r.GetString(1), r.GetInt64(2), Text(r, 3), r.GetString(4), Text(r, 5), Moment(r, 6),
        r.IsDBNull(7) ? null : r.GetDouble(7), Text(r, 8), Text(r, 9), Convert.ToInt64(r.GetValue(10), CultureInfo.InvariantCulture), Text(r, 11));

    private static string? Text(DbDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static long Moment(DbDataReader r, int column) => r.GetValue(column) switch
    {
        long microseconds => microseconds,
        DateTime moment => (moment - DateTime.UnixEpoch).Ticks / 10,
        var other => throw new InvalidDataException($"a time of type {other.GetType()}"),
    };
}
