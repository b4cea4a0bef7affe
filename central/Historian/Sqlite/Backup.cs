using Microsoft.Data.Sqlite;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>An online copy through SQLite's backup interface: one consistent moment, while the centre goes on writing.</summary>
internal static class Backup
{
    /// <summary>Writes beside, checks, then renames, so that a file of this name is always whole. Returns its size.</summary>
    /// <exception cref="HistorianException">The history cannot be read or the copy not written.</exception>
    public static long Run(string history, string to)
    {
        var beside = to + ".part";
        File.Delete(beside);
        try
        {
            Copy(history, beside);
            File.Move(beside, to);
            return new FileInfo(to).Length;
        }
        catch (SqliteException e)
        {
            throw new HistorianException($"the copy from {history} to {to} failed: {e.Message}; check the room and rights of both", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HistorianException($"{to} cannot be written: {e.Message}", e);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private static void Copy(string history, string to)
    {
        using var source = Open(history, SqliteOpenMode.ReadOnly);
        using var copy = Open(to, SqliteOpenMode.ReadWriteCreate);
        source.BackupDatabase(copy);
        copy.Run("PRAGMA journal_mode = DELETE");
        if (copy.Scalar<string>("PRAGMA quick_check") is var verdict && verdict != "ok")
            throw new HistorianException($"the copy {to} did not pass its check: {verdict}");
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
