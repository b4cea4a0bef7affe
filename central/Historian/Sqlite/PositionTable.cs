using Microsoft.Data.Sqlite;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>How far each partition of each stream is read.</summary>
internal static class PositionTable
{
    public static void Save(SqliteConnection connection, IReadOnlyList<StreamPosition> positions)
    {
        foreach (var position in positions)
        {
            connection.Run(
                """
                INSERT INTO stream_positions (cluster, topic, partition, next_offset) VALUES ($cluster, $topic, $partition, $offset)
                ON CONFLICT (cluster, topic, partition) DO UPDATE SET next_offset = max(next_offset, excluded.next_offset)
                """,
                ("$cluster", position.Cluster), ("$topic", position.TopicId), ("$partition", position.Partition), ("$offset", position.Offset));
        }
    }

    public static IReadOnlyList<StreamPosition> Read(SqliteConnection connection, string cluster) => connection.Rows(
        r => new StreamPosition(cluster, r.GetString(0), r.GetInt32(1), r.GetInt64(2)),
        "SELECT topic, partition, next_offset FROM stream_positions WHERE cluster = $cluster ORDER BY topic, partition",
        ("$cluster", cluster));
}
