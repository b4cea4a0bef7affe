using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>One-line commands and queries with positional parameters (<c>$1</c>).</summary>
internal static class Sql
{
    public static async Task<int> RunAsync(this NpgsqlConnection connection, string sql, CancellationToken cancel, params object?[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<T?> ScalarAsync<T>(this NpgsqlConnection connection, string sql, CancellationToken cancel, params object?[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteScalarAsync(cancel) is T value ? value : default;
    }

    public static async Task<List<T>> RowsAsync<T>(
        this NpgsqlConnection connection, Func<NpgsqlDataReader, T> map, string sql, CancellationToken cancel, params object?[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<T> rows = [];
        while (await reader.ReadAsync(cancel))
            rows.Add(map(reader));
        return rows;
    }

    public static void Add(this NpgsqlBatch batch, string sql, params object?[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in parameters)
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        batch.BatchCommands.Add(command);
    }

    /// <summary>PostgreSQL's texts hold everything but the character zero.</summary>
    public static string? Clean(string? text) => text is not null && text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;

    public static DateTime ToSql(this Timestamp moment) => new(DateTime.UnixEpoch.Ticks + (moment.Microseconds * TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);

    /// <summary>The same, with moments outside of the years 1 to 9999 cut to them, for borders of ranges.</summary>
    public static DateTime ToBorder(this Timestamp moment) =>
        moment.IsValid ? moment.ToSql() : DateTime.SpecifyKind(moment.Microseconds < 0 ? DateTime.MinValue : DateTime.MaxValue, DateTimeKind.Utc);

    public static Timestamp Moment(this NpgsqlDataReader reader, int column) => From(reader.GetDateTime(column));

    public static Timestamp From(DateTime moment) => new((moment.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);

    public static string? Text(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static double? Number(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);

    public static long? Integer(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object?[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var value in parameters)
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        return command;
    }
}
