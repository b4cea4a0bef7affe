using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>Keeps what was refused, with the reason: the newest <see cref="MaxRows"/> of them, the first <see cref="MaxBytes"/> bytes of each.</summary>
internal sealed class DeadLetterTable(SqliteConnection connection)
{
    public const int MaxRows = 10_000;
    public const int MaxBytes = 2048;

    public void Insert(RefusedLine line, Timestamp received)
    {
        var kept = line.Bytes.Length > MaxBytes ? line.Bytes[..MaxBytes] : line.Bytes;
        connection.Run(
            """
            INSERT OR IGNORE INTO dead_letters (hash, received, agent, epoch, seq, reason, bytes, size, topic, partition, message_offset)
            VALUES ($hash, $received, $agent, $epoch, $seq, $reason, $bytes, $size, $topic, $partition, $offset)
            """,
            ("$hash", SHA256.HashData(line.Bytes)), ("$received", received.Microseconds), ("$agent", line.Agent), ("$epoch", line.Epoch),
            ("$seq", line.Seq), ("$reason", line.Reason), ("$bytes", kept), ("$size", line.Bytes.Length),
            ("$topic", line.Origin?.Topic), ("$partition", line.Origin?.Partition), ("$offset", line.Origin?.Offset));
    }

    /// <summary>Removes the oldest beyond the bound.</summary>
    public void Trim() =>
        connection.Run("DELETE FROM dead_letters WHERE id <= (SELECT max(id) FROM dead_letters) - $most", ("$most", MaxRows));
}
