using Microsoft.Data.Sqlite;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>Writes readings, and notes which minutes of roll-ups they make outdated.</summary>
internal sealed class ReadingTable(SqliteConnection connection) : IDisposable
{
    private const long Minute = 60_000_000;

    /// <summary>The hot statement; the benchmark compares against it alone.</summary>
    public const string InsertSql =
        """
        INSERT OR IGNORE INTO readings (tag, ts, epoch, seq, value, unit, q, clock, late, committed, text, why, extra)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private readonly Statement _insert = new(connection, InsertSql);

    private readonly Statement _outdated = new(connection, "INSERT OR IGNORE INTO outdated_minutes (tag, start) VALUES (?, ?)");

    public void Insert(TagEntry tag, OpenEpoch epoch, int unit, Reading reading, Timestamp committed)
    {
        _insert.Bind(1, tag.Id).Bind(2, reading.Ts.Microseconds).Bind(3, epoch.Id).Bind(4, reading.Seq)
            .Bind(5, reading.Value).Bind(6, unit).Bind(7, (long)reading.Q).Bind(8, (long)reading.Clock).Bind(9, reading.Late ? 1 : 0)
            .Bind(10, committed.Microseconds).Bind(11, reading.Text).Bind(12, reading.Why)
            .Bind(13, UnknownFields.Json(reading))
            .Run();
        MarkOutdated(tag, reading.Ts);
    }

    public void Dispose()
    {
        _insert.Dispose();
        _outdated.Dispose();
    }

    private void MarkOutdated(TagEntry tag, Timestamp ts)
    {
        var minute = Floor(ts.Microseconds, Minute);
        if (tag.OutdatedMinute == minute)
            return;
        _outdated.Bind(1, tag.Id).Bind(2, minute).Run();
        tag.OutdatedMinute = minute;
    }

    public static long Floor(long value, long step) => value - (((value % step) + step) % step);
}
