using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>Opens the one writing connection and short reading ones on the same file.</summary>
internal sealed class Database : IDisposable
{
    private readonly string _readOnly;

    public Database(string path)
    {
        Path = path;
        _readOnly = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = true }.ToString();
        Writer = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            Writer.Open();
            Schema.CheckLibrary(raw.sqlite3_libversion().utf8_to_string());
            Prepare();
        }
        catch (Exception e)
        {
            Writer.Dispose();
            if (e is SqliteException sqlite)
                throw Translate(sqlite, path);
            throw;
        }
    }

    public string Path { get; }

    public SqliteConnection Writer { get; }

    public SqliteConnection OpenReader()
    {
        var connection = new SqliteConnection(_readOnly);
        connection.Open();
        return connection;
    }

    public static HistorianException Translate(SqliteException e, string path) => e.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => new($"the disk of {path} is full; free space, or lower --retention-days", e),
        raw.SQLITE_IOERR => new($"{path} cannot be read or written ({e.Message}); check the disk", e),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new(
            $"{path} is damaged or no history ({e.Message}); move it aside and restore a backup made with 'penstock-central history backup'", e),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => new($"{path} cannot be opened for writing ({e.Message}); check owner and rights", e),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new($"{path} is locked by another program ({e.Message})", e),
        raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE => new($"{path}: {e.Message}", e) { BlamesRecord = true },
        _ => new($"{path}: {e.Message}", e),
    };

    // The last connection to close writes the log back into the file, so the reading ones go first.
    public void Dispose()
    {
        using (var reader = new SqliteConnection(_readOnly))
            SqliteConnection.ClearPool(reader);
        Writer.Dispose();
    }

    // auto_vacuum only takes effect before the first table, so it comes first.
    private void Prepare()
    {
        Writer.Run("PRAGMA auto_vacuum = INCREMENTAL");
        Writer.Run("PRAGMA journal_mode = WAL");
        Writer.Run("PRAGMA synchronous = FULL");
        Writer.Run("PRAGMA cache_size = -32768");
        Writer.Run("PRAGMA temp_store = MEMORY");
        Writer.Run("PRAGMA journal_size_limit = 67108864");
        Writer.Run("PRAGMA busy_timeout = 5000");
        Schema.Migrate(Writer);
    }
}
