using Npgsql;

namespace Penstock.Central.Historian.Postgres;

/// <summary>How far each partition of each stream is read.</summary>
internal static class PositionTable
{
    public static void Save(NpgsqlBatch batch, IReadOnlyList<StreamPosition> positions)
    {
        // One row a partition: a statement may not touch the same row twice.
        var newest = positions.GroupBy(p => (p.Cluster, p.TopicId, p.Partition)).Select(g => g.MaxBy(p => p.Offset))
            .OrderBy(p => p.Cluster, StringComparer.Ordinal).ThenBy(p => p.TopicId, StringComparer.Ordinal).ThenBy(p => p.Partition).ToList();
        if (newest.Count == 0)
            return;
        batch.Add(
            """
            INSERT INTO stream_positions AS old (cluster, topic, partition, next_offset) SELECT * FROM unnest($1, $2, $3, $4)
            ON CONFLICT (cluster, topic, partition) DO UPDATE SET next_offset = greatest(old.next_offset, excluded.next_offset)
            """,
            newest.Select(p => p.Cluster).ToArray(), newest.Select(p => p.TopicId).ToArray(), newest.Select(p => p.Partition).ToArray(),
            newest.Select(p => p.Offset).ToArray());
    }

    public static async Task<IReadOnlyList<StreamPosition>> ReadAsync(NpgsqlConnection connection, string cluster, CancellationToken cancel) =>
        await connection.RowsAsync(
            r => new StreamPosition(cluster, r.GetString(0), r.GetInt32(1), r.GetInt64(2)),
            "SELECT topic, partition, next_offset FROM stream_positions WHERE cluster = $1 ORDER BY topic, partition", cancel, cluster);
}
