using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>Keeps what was refused, with the reason: the newest <see cref="DeadLetter.MaxRows"/> of them.</summary>
internal static class DeadLetterTable
{
    public static void Add(NpgsqlBatch batch, IReadOnlyList<RefusedLine> letters, Timestamp received)
    {
        if (letters.Count == 0)
            return;
        batch.Add(
            """
            INSERT INTO dead_letters (hash, agent, epoch, seq, reason, bytes, size, topic, partition, message_offset, received)
            SELECT *, $11 FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
            """,
            letters.Select(DeadLetter.Hash).ToArray(), letters.Select(l => Sql.Clean(l.Agent)).ToArray(), letters.Select(l => Sql.Clean(l.Epoch)).ToArray(),
            letters.Select(l => l.Seq).ToArray(), letters.Select(l => Sql.Clean(l.Reason)).ToArray(), letters.Select(DeadLetter.Kept).ToArray(),
            letters.Select(l => l.Bytes.Length).ToArray(), letters.Select(l => l.Origin?.Topic).ToArray(),
            letters.Select(l => l.Origin?.Partition).ToArray(), letters.Select(l => l.Origin?.Offset).ToArray(), received.ToSql());
        batch.Add(
            "DELETE FROM dead_letters WHERE id <= (SELECT id FROM dead_letters ORDER BY id DESC OFFSET $1 LIMIT 1)", DeadLetter.MaxRows);
    }

    public static async Task<IReadOnlyList<DeadLetter>> ReadAsync(NpgsqlConnection connection, long after, int most, CancellationToken cancel) =>
        await connection.RowsAsync(
            r => new DeadLetter(
                r.GetInt64(0), r.Moment(1), r.Text(2), r.Text(3), r.Integer(4), r.GetString(5), r.GetFieldValue<byte[]>(6), r.GetInt32(7),
                r.Text(8) is { } topic ? new(topic, r.GetInt32(9), r.GetInt64(10)) : null),
            """
            SELECT id, received, agent, epoch, seq, reason, bytes, size, topic, partition, message_offset
            FROM dead_letters WHERE id > $1 ORDER BY id LIMIT $2
            """,
            cancel, after, most);

    public static Task<int> RemoveAsync(NpgsqlConnection connection, IReadOnlyList<long> ids, CancellationToken cancel) =>
        connection.RunAsync("DELETE FROM dead_letters WHERE id = ANY($1)", cancel, ids.ToArray());
}

/// <summary>The dead letters of a server, for a role that may only read.</summary>
internal sealed class PostgresDeadLetters(Server server) : IDeadLetterReader
{
    public async ValueTask<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(long after, int most, CancellationToken cancel)
    {
        try
        {
            await using var connection = await server.OpenAsync(cancel);
            await Schema.CheckAsync(connection, cancel);
            return await DeadLetterTable.ReadAsync(connection, after, most, cancel);
        }
        catch (Exception e) when (Failures.IsOfTheDatabase(e))
        {
            throw Failures.Translate(e, server.Place);
        }
    }
}
