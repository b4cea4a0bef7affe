using System.Globalization;
using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>
/// One partition of <c>readings</c> a day (UTC). Made on the first reading of a day and ahead of time; days below the raw floor,
/// long gone or in the future have none: their readings stand in the default partition. Readings of a day that stand there when
/// its partition is made move over.
/// </summary>
internal sealed class Partitions
{
    private const long Day = 86_400_000_000;
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(2);
    private static readonly TimeSpan Back = TimeSpan.FromDays(3660);

    private readonly HashSet<long> _days = [];

    public static long DayOf(Timestamp moment) => Sqlite.ReadingTable.Floor(moment.Microseconds, Day);

    public static string NameOf(long day) => "readings_" + new Timestamp(day).ToDateTimeOffset().ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    public static long DayOf(string name) =>
        Timestamp.From(DateTimeOffset.ParseExact(name["readings_".Length..], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)).Microseconds;

    /// <summary>The days that have a partition, oldest first.</summary>
    public static async Task<List<long>> ReadAsync(NpgsqlConnection connection, CancellationToken cancel) => await connection.RowsAsync(
        r => DayOf(r.GetString(0)),
        """
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'penstock.readings'::regclass AND c.relname ~ '^readings_\d{8}$' ORDER BY c.relname
        """,
        cancel);

    public async Task LoadAsync(NpgsqlConnection connection, CancellationToken cancel) => _days.UnionWith(await ReadAsync(connection, cancel));

    public void Forget(long day) => _days.Remove(day);

    /// <summary>Makes what is missing for readings of these days, and for the days to come; each in a transaction of its own.</summary>
    public async Task EnsureAsync(NpgsqlConnection connection, IEnumerable<long> days, Timestamp now, Timestamp rawFloor, CancellationToken cancel)
    {
        var (from, to) = (Math.Max(DayOf(now - Back), rawFloor.Microseconds), DayOf(now + Ahead));
        List<long> missing = [.. days.Concat([DayOf(now), DayOf(now + Ahead)]).Where(d => d >= from && d <= to && !_days.Contains(d)).Distinct().Order()];
        foreach (var day in missing)
        {
            await MakeAsync(connection, day, cancel);
            _days.Add(day);
        }
    }

    private static async Task MakeAsync(NpgsqlConnection connection, long day, CancellationToken cancel)
    {
        var name = NameOf(day);
        string Border(long moment) => $"'{new Timestamp(moment)}'";
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.RunAsync("SELECT pg_advisory_xact_lock($1)", cancel, AdvisoryLock.Partitions);
        var floor = (await Session.RawFloorAsync(connection, cancel)).Microseconds;
        var exists = await connection.ScalarAsync<bool>("SELECT to_regclass($1) IS NOT NULL", cancel, "penstock." + name);
        if (!exists && day >= floor)
        {
            await connection.RunAsync(
                $"""
                LOCK TABLE readings_default IN ACCESS EXCLUSIVE MODE;
                CREATE TABLE {name} (LIKE readings INCLUDING ALL);
                WITH moved AS (DELETE FROM readings_default WHERE ts >= {Border(day)} AND ts < {Border(day + Day)} RETURNING *)
                INSERT INTO {name} SELECT * FROM moved;
                ALTER TABLE readings ATTACH PARTITION {name} FOR VALUES FROM ({Border(day)}) TO ({Border(day + Day)});
                """,
                cancel);
        }

        await transaction.CommitAsync(cancel);
    }
}
