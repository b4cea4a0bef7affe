using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>The holdings of an embedded historian: one reading transaction on the file.</summary>
internal sealed class SqliteHoldings(string path) : IHoldingsReader
{
    public Task ReadAsync(Action<Holdings> told, Action<StoredRow> row, CancellationToken cancel)
    {
        try
        {
            using var connection = Open(path);
            using var moment = connection.BeginTransaction(deferred: true);
            told(new(ReadEpochs(connection), ReadAgents(connection), ReadGaps(connection)));
            ReadRows(connection, "SELECT epoch, seq, ts, committed FROM readings", row, cancel);
            ReadRows(connection, "SELECT epoch, seq, ts, committed FROM events", row, cancel);
            return Task.CompletedTask;
        }
        catch (SqliteException e)
        {
            throw Database.Translate(e, path);
        }
    }

    /// <summary>Opens a file that a centre may be writing to, only to read.</summary>
    /// <exception cref="HistorianException">It has another schema version.</exception>
    public static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            connection.Open();
            CheckVersion(connection, path);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void CheckVersion(SqliteConnection connection, string path)
    {
        var version = connection.Scalar<long>("PRAGMA user_version");
        if (version != Schema.Current)
        {
            throw new HistorianException(
                $"{path} has schema version {version}, this program reads {Schema.Current}; start the centre of this version on it once, or use the program that wrote it");
        }
    }

    private static List<EpochHolding> ReadEpochs(SqliteConnection connection)
    {
        var ranges = connection.Rows(
            r => (Epoch: r.GetInt64(0), Range: new LedgerRange(r.GetInt64(1), r.GetInt64(2), (LedgerState)r.GetInt32(3))),
            "SELECT epoch, from_seq, to_seq, state FROM ledger ORDER BY epoch, from_seq").ToLookup(r => r.Epoch, r => r.Range);
        return connection.Rows(
            r => new EpochHolding(r.GetInt64(0), r.GetString(1), r.GetString(2), [.. ranges[r.GetInt64(0)]], r.Integer(3) ?? 0),
            "SELECT e.id, e.agent, e.epoch, x.count FROM epochs e LEFT JOIN removed_numbers x ON x.epoch = e.id ORDER BY e.agent, e.epoch");
    }

    private static List<AgentWord> ReadAgents(SqliteConnection connection) => connection.Rows(
        r => new AgentWord(r.GetString(0), Encoding.UTF8.GetBytes(r.GetString(1))),
        "SELECT agent, heartbeat FROM agents WHERE heartbeat IS NOT NULL ORDER BY agent");

    private static List<GapWord> ReadGaps(SqliteConnection connection) => connection.Rows(
        r => new GapWord(
            r.GetString(0), r.GetString(1), new(r.GetInt64(2)), new(r.GetInt64(3)),
            r.Text(4) is { } numbers ? JsonSerializer.Deserialize(numbers, CentralJson.Wire.IReadOnlyListSeqRange)! : []), // never the word null
        "SELECT e.agent, g.cause, g.from_ts, g.to_ts, g.numbers FROM gaps g JOIN epochs e ON e.id = g.epoch");

    private static void ReadRows(SqliteConnection connection, string sql, Action<StoredRow> row, CancellationToken cancel)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            cancel.ThrowIfCancellationRequested();
            row(new(reader.GetInt64(0), reader.GetInt64(1), new(reader.GetInt64(2)), new(reader.GetInt64(3))));
        }
    }
}
