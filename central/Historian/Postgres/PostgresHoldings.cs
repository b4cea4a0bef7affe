using System.Data;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Penstock.Central.Historian.Postgres;

/// <summary>The holdings of PostgreSQL: one snapshot, the rows as a binary copy.</summary>
internal sealed class PostgresHoldings(Server server) : IHoldingsReader
{
    public async Task ReadAsync(Action<Holdings> told, Action<StoredRow> row, CancellationToken cancel)
    {
        try
        {
            await using var connection = await server.OpenAsync(cancel);
            await CheckVersionAsync(connection, cancel);
            await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
            told(new(await ReadEpochsAsync(connection, cancel), await ReadAgentsAsync(connection, cancel), await ReadGapsAsync(connection, cancel)));
            await ReadRowsAsync(connection, "readings", row, cancel);
            await ReadRowsAsync(connection, "events", row, cancel);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw Failures.Translate(e, server.Place);
        }
    }

    private async Task CheckVersionAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var version = await Schema.VersionAsync(connection, cancel);
        if (version != Schema.Current)
        {
            throw new HistorianException(
                $"{server.Place} has historian schema version {version}, this program reads {Schema.Current}; start the centre of this version on it once, or use the program that wrote it");
        }
    }

    private static async Task<List<EpochHolding>> ReadEpochsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var epochs = await connection.RowsAsync(
            r => (Id: r.GetInt32(0), Agent: r.GetString(1), Epoch: r.GetString(2), Removed: r.Integer(3) ?? 0),
            "SELECT e.id, e.agent, e.epoch, x.count FROM epochs e LEFT JOIN removed_numbers x ON x.epoch = e.id", cancel);
        var ledgers = await LedgerTable.ReadAllAsync(connection, [.. epochs.Select(epoch => epoch.Id)], cancel);
        return [.. epochs.Select(epoch => new EpochHolding(
            epoch.Id, epoch.Agent, epoch.Epoch, ledgers.TryGetValue(epoch.Id, out var ledger) ? ledger.Ranges : [], epoch.Removed))];
    }

    private static Task<List<AgentWord>> ReadAgentsAsync(NpgsqlConnection connection, CancellationToken cancel) => connection.RowsAsync(
        r => new AgentWord(r.GetString(0), Encoding.UTF8.GetBytes(r.GetString(1))),
        "SELECT agent, heartbeat FROM agents WHERE heartbeat IS NOT NULL ORDER BY agent", cancel);

    private static Task<List<GapWord>> ReadGapsAsync(NpgsqlConnection connection, CancellationToken cancel) => connection.RowsAsync(
        r => new GapWord(
            r.GetString(0), r.GetString(1), r.Moment(2), r.Moment(3),
            r.Text(4) is { } numbers ? JsonSerializer.Deserialize(numbers, CentralJson.Wire.IReadOnlyListSeqRange)! : []), // never the word null
        "SELECT e.agent, g.cause, g.from_ts, g.to_ts, g.numbers FROM gaps g JOIN epochs e ON e.id = g.epoch", cancel);

    private static async Task ReadRowsAsync(NpgsqlConnection connection, string table, Action<StoredRow> row, CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryExportAsync($"COPY (SELECT epoch, seq, ts, committed FROM {table}) TO STDOUT (FORMAT BINARY)", cancel);
        while (await copy.StartRowAsync(cancel) >= 0)
        {
            row(new(
                await copy.ReadAsync<int>(NpgsqlDbType.Integer, cancel), await copy.ReadAsync<long>(NpgsqlDbType.Bigint, cancel),
                Sql.From(await copy.ReadAsync<DateTime>(NpgsqlDbType.TimestampTz, cancel)), Sql.From(await copy.ReadAsync<DateTime>(NpgsqlDbType.TimestampTz, cancel))));
        }
    }
}
