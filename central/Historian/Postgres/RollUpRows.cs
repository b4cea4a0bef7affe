using Npgsql;
using Penstock.Analytics;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>Roll-ups as rows. The levels are minute, hour and day.</summary>
internal static class RollUpRows
{
    public const int MinuteLevel = 0;
    public const int HourLevel = 1;
    public const int DayLevel = 2;

    public const string Values = "count, min, max, sum, first, first_ts, last, last_ts, increase, worst";

    /// <summary>Puts the given row in place of the one that is there.</summary>
    public static readonly string Replace =
        $"ON CONFLICT (tag, start) DO UPDATE SET ({Values}) = ({string.Join(", ", Values.Split(", ").Select(column => "excluded." + column))})";

    /// <summary>Length of each level's interval in microseconds.</summary>
    public static readonly IReadOnlyList<long> Steps = [60_000_000, 3_600_000_000, 86_400_000_000];

    public static readonly IReadOnlyList<string> Tables = ["rollups_minute", "rollups_hour", "rollups_day"];

    public static Task<List<Bucket>> ReadAsync(NpgsqlConnection connection, int tag, int level, long from, long to, CancellationToken cancel) =>
        connection.RowsAsync(
            Map, $"SELECT start, {Values} FROM {Tables[level]} WHERE tag = $1 AND start >= $2 AND start < $3 ORDER BY start", cancel,
            tag, new Timestamp(from).ToBorder(), new Timestamp(to).ToBorder());

    public static Task<int> SaveAsync(NpgsqlConnection connection, int tag, DateTime start, RollUp r, CancellationToken cancel)
    {
        var some = r.Count > 0;
        return connection.RunAsync(
            $"INSERT INTO rollups_minute (tag, start, {Values}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) {Replace}",
            cancel, tag, start, r.Count, some ? r.Min : null, some ? r.Max : null, some ? r.Sum : null, some ? r.First : null,
            some ? r.FirstTs.ToSql() : null, some ? r.Last : null, some ? r.LastTs.ToSql() : null, some ? r.Increase : null, (short)r.Worst);
    }

    private static Bucket Map(NpgsqlDataReader r) => new(r.Moment(0), r.GetInt64(1) == 0
        ? new() { Worst = (Quality)r.GetInt16(10) }
        : new()
        {
            Count = r.GetInt64(1),
            Min = r.GetDouble(2),
            Max = r.GetDouble(3),
            Sum = r.GetDouble(4),
            First = r.GetDouble(5),
            FirstTs = r.Moment(6),
            Last = r.GetDouble(7),
            LastTs = r.Moment(8),
            Increase = r.GetDouble(9),
            Worst = (Quality)r.GetInt16(10),
        });
}
