using Microsoft.Data.Sqlite;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>Keeps what was refused, with the reason: the newest <see cref="DeadLetter.MaxRows"/> of them.</summary>
internal sealed class DeadLetterTable(SqliteConnection connection)
{
    public void Insert(RefusedLine line, Timestamp received) => connection.Run(
        """
        INSERT OR IGNORE INTO dead_letters (hash, received, agent, epoch, seq, reason, bytes, size, topic, partition, message_offset)
        VALUES ($hash, $received, $agent, $epoch, $seq, $reason, $bytes, $size, $topic, $partition, $offset)
        """,
        ("$hash", DeadLetter.Hash(line)), ("$received", received.Microseconds), ("$agent", line.Agent), ("$epoch", line.Epoch),
        ("$seq", line.Seq), ("$reason", line.Reason), ("$bytes", DeadLetter.Kept(line)), ("$size", line.Bytes.Length),
        ("$topic", line.Origin?.Topic), ("$partition", line.Origin?.Partition), ("$offset", line.Origin?.Offset));

    /// <summary>Removes the oldest beyond the bound.</summary>
    public void Trim() =>
        connection.Run("DELETE FROM dead_letters WHERE id <= (SELECT max(id) FROM dead_letters) - $most", ("$most", DeadLetter.MaxRows));

    public static IReadOnlyList<DeadLetter> Read(SqliteConnection connection, long after, int most) => connection.Rows(
        r => new DeadLetter(
            r.GetInt64(0), new(r.GetInt64(1)), r.Text(2), r.Text(3), r.Integer(4), r.GetString(5), r.GetFieldValue<byte[]>(6), r.GetInt64(7),
            r.Text(8) is { } topic ? new(topic, r.GetInt32(9), r.GetInt64(10)) : null),
        """
        SELECT id, received, agent, epoch, seq, reason, bytes, size, topic, partition, message_offset
        FROM dead_letters WHERE id > $after ORDER BY id LIMIT $most
        """,
        ("$after", after), ("$most", most));

    public static int Remove(SqliteConnection connection, IReadOnlyList<long> ids) =>
        ids.Count == 0 ? 0 : connection.Run($"DELETE FROM dead_letters WHERE id IN ({string.Join(',', ids)})");
}

/// <summary>The dead letters of a file that a centre may be writing to.</summary>
internal sealed class SqliteDeadLetters(string path) : IDeadLetterReader
{
    public ValueTask<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(long after, int most, CancellationToken cancel)
    {
        try
        {
            using var connection = SqliteHoldings.Open(path);
            return ValueTask.FromResult(DeadLetterTable.Read(connection, after, most));
        }
        catch (SqliteException e)
        {
            throw Database.Translate(e, path);
        }
    }
}
