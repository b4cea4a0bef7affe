using System.Globalization;

namespace Penstock.LoadGenerator;

/// <summary>Makes losses and doubles in a historian by SQL, to see whether they are found.</summary>
internal static class Planting
{
    private static readonly string[] Columns =
        ["tag", "ts", "epoch", "seq", "value", "text", "unit", "q", "why", "clock", "late", "extra", "committed"];

    public static async Task RunAsync(StoredRows rows, int losses, int doubles)
    {
        await using var connection = await rows.OpenAsync();
        await using var command = connection.CreateCommand();
        var moved = connection is Npgsql.NpgsqlConnection ? "interval '1 microsecond'" : "1";
        var columns = string.Join(", ", Columns);
        var shifted = string.Join(", ", Columns.Select(column => column == "ts" ? $"ts + {moved}" : column));
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO readings ({columns}) SELECT {shifted} FROM readings WHERE seq % 7 = 3 ORDER BY epoch, seq LIMIT {doubles};
            DELETE FROM readings WHERE (epoch, seq) IN (SELECT epoch, seq FROM readings WHERE seq % 7 = 5 ORDER BY epoch, seq LIMIT {losses});
            """);
        await command.ExecuteNonQueryAsync();
    }
}
