using System.Data;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace Penstock.Central.Historian.Postgres;

/// <summary>The holdings of a PostgreSQL historian: one reading transaction with one snapshot.</summary>
internal sealed class PostgresHoldings(Server server) : IHoldingsReader
{
    public async Task ReadAsync(Action<Holdings> told, Action<StoredRow> row, CancellationToken cancel)
    {
        try
        {
            await using var connection = await server.OpenAsync(cancel);
            await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
            await Schema.CheckAsync(connection, cancel);
            told(new(await ReadEpochsAsync(connection, cancel), await ReadAgentsAsync(connection, cancel), await ReadGapsAsync(connection, cancel)));
            await ReadRowsAsync(connection, "SELECT epoch, seq, ts, committed FROM readings", row, cancel);
            await ReadRowsAsync(connection, "SELECT epoch, seq, ts, committed FROM events", row, cancel);
        }
        catch (Exception e) when (Failures.IsOfTheDatabase(e))
        {
            throw Failures.Translate(e, server.Place);
        }
    }

    private static async Task<List<EpochHolding>> ReadEpochsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var epochs = await connection.RowsAsync(
            r => (Id: r.GetInt32(0), Agent: r.GetString(1), Epoch: r.GetString(2), Removed: r.Integer(3) ?? 0),
            "SELECT e.id, e.agent, e.epoch, x.count FROM epochs e LEFT JOIN removed_numbers x ON x.epoch = e.id ORDER BY e.agent COLLATE \"C\", e.epoch COLLATE \"C\"",
            cancel);
        var ledgers = await LedgerTable.ReadAllAsync(connection, [.. epochs.Select(e => e.Id)], cancel);
        return [.. epochs.Select(e => new EpochHolding(e.Id, e.Agent, e.Epoch, ledgers.GetValueOrDefault(e.Id)?.Ranges ?? [], e.Removed))];
    }

    private static Task<List<AgentWord>> ReadAgentsAsync(NpgsqlConnection connection, CancellationToken cancel) => connection.RowsAsync(
        r => new AgentWord(r.GetString(0), Encoding.UTF8.GetBytes(r.GetString(1))),
        "SELECT agent, heartbeat FROM agents WHERE heartbeat IS NOT NULL ORDER BY agent COLLATE \"C\"", cancel);

    private static Task<List<GapWord>> ReadGapsAsync(NpgsqlConnection connection, CancellationToken cancel) => connection.RowsAsync(
        r => new GapWord(
            r.GetString(0), r.GetString(1), r.Moment(2), r.Moment(3),
            r.Text(4) is { } numbers ? JsonSerializer.Deserialize(numbers, CentralJson.Wire.IReadOnlyListSeqRange)! : []), // never the word null
        "SELECT e.agent, g.cause, g.from_ts, g.to_ts, g.numbers FROM gaps g JOIN epochs e ON e.id = g.epoch", cancel);

    private static async Task ReadRowsAsync(NpgsqlConnection connection, string sql, Action<StoredRow> row, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            row(new(reader.GetInt32(0), reader.GetInt64(1), reader.Moment(2), reader.Moment(3)));
    }
}
