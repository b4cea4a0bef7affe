using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>
/// The minutes whose roll-ups have to be computed anew. A mark belongs to the session that wrote it and only that one takes it
/// away. A session commits and refreshes one after the other, so it knows which of its marks stand and writes none of them twice;
/// without that every reading of every commit would leave a mark of its own. A session holds the lock of its number while it
/// lives: marks under a number that is free are taken over.
/// </summary>
internal sealed class MinuteMarks(NpgsqlConnection connection, TimeProvider clock)
{
    /// <summary>So many are remembered; beyond that all are forgotten, and a mark may be written twice, which costs nothing else.</summary>
    private const int Most = 200_000;

    private const long Minute = 60_000_000;
    private static readonly TimeSpan TakeOverEvery = TimeSpan.FromSeconds(10);

    public const string CreateTaken = "CREATE TEMPORARY TABLE taken (tag integer, start timestamptz) ON COMMIT DELETE ROWS";

    private const string TakeOwn =
        """
        WITH asked AS (SELECT DISTINCT tag, start FROM minute_marks WHERE owner = $1 AND start <= $2 ORDER BY tag, start LIMIT $3),
        gone AS (DELETE FROM minute_marks o USING asked a WHERE o.owner = $1 AND o.tag = a.tag AND o.start = a.start RETURNING o.tag, o.start)
        INSERT INTO taken SELECT DISTINCT tag, start FROM gone RETURNING tag, start
        """;

    private const string ReadOthers =
        """
        INSERT INTO taken SELECT DISTINCT tag, start FROM minute_marks WHERE owner <> $1 AND (start < $2 OR start > $3) RETURNING tag, start
        """;

    private const string TakeOver =
        """
        WITH others AS MATERIALIZED (SELECT DISTINCT owner FROM minute_marks WHERE owner <> $1),
        ended AS MATERIALIZED (SELECT owner FROM others WHERE pg_try_advisory_xact_lock($2, owner))
        UPDATE minute_marks o SET owner = $1 FROM ended e WHERE o.owner = e.owner
        """;

    private readonly HashSet<(int Tag, long Start)> _standing = [];
    private readonly List<(int Tag, long Start)> _added = [];
    private readonly List<(int Tag, long Start)> _taken = [];
    private int _owner;
    private long? _looked;

    public async Task OpenAsync(CancellationToken cancel)
    {
        await connection.RunAsync("DROP TABLE IF EXISTS taken", cancel);
        await connection.RunAsync(CreateTaken, cancel);
        _owner = await connection.ScalarAsync<int>("SELECT nextval('mark_owners')::integer", cancel);
        await connection.RunAsync("SELECT pg_advisory_lock($1, $2)", cancel, AdvisoryLock.MarkOwner, _owner);
    }

    /// <summary>A transaction begins: what the last one left unsaid was rolled back.</summary>
    public void Begin()
    {
        _added.Clear();
        _taken.Clear();
    }

    /// <summary>The transaction is committed.</summary>
    public void Keep()
    {
        _standing.ExceptWith(_taken);
        if (_standing.Count + _added.Count > Most)
            _standing.Clear();
        _standing.UnionWith(_added);
        Begin();
    }

    /// <summary>Marks the minutes of readings that are written by the same transaction.</summary>
    /// <param name="rows">In the order of tag and time.</param>
    public void Add(NpgsqlBatch batch, IReadOnlyList<Row> rows)
    {
        var last = (Tag: 0, Start: long.MinValue);
        foreach (var row in rows)
        {
            var minute = (row.Tag, Start: Sqlite.ReadingTable.Floor(row.Reading.Ts.Microseconds, Minute));
            if (minute == last)
                continue;
            last = minute;
            if (!_standing.Contains(minute))
                _added.Add(minute);
        }

        if (_added.Count == 0)
            return;
        batch.Add(
            "INSERT INTO minute_marks (tag, start, owner) SELECT *, $3 FROM unnest($1, $2)",
            _added.Select(mark => mark.Tag).ToArray(), _added.Select(mark => new Timestamp(mark.Start).ToSql()).ToArray(), _owner);
    }

    /// <summary>Takes marks away, into the table <c>taken</c>.</summary>
    public async Task<IReadOnlyList<DateTime>> TakeAsync(int most, Timestamp last, CancellationToken cancel)
    {
        if (_looked is not { } looked || clock.GetElapsedTime(looked) > TakeOverEvery)
        {
            _looked = clock.GetTimestamp();
            await connection.RunAsync(TakeOver, cancel, _owner, AdvisoryLock.MarkOwner);
        }

        var marks = await TakenAsync(TakeOwn, cancel, _owner, last.ToBorder(), most);
        _taken.AddRange(marks.Select(mark => (mark.Tag, Sql.From(mark.Start).Microseconds)));
        return [.. marks.Select(mark => mark.Start)];
    }

    /// <summary>Reads what other sessions have marked outside of a time, into the table <c>taken</c>; they keep their marks.</summary>
    public async Task<IReadOnlyList<DateTime>> ReadOthersAsync(Timestamp from, Timestamp to, CancellationToken cancel) =>
        [.. (await TakenAsync(ReadOthers, cancel, _owner, from.ToBorder(), to.ToBorder())).Select(mark => mark.Start)];

    /// <summary>Lets the next one take over what stands. Said, because a connection in the pool would keep the lock.</summary>
    public Task CloseAsync() => connection.RunAsync("SELECT pg_advisory_unlock($1, $2)", CancellationToken.None, AdvisoryLock.MarkOwner, _owner);

    private Task<List<(int Tag, DateTime Start)>> TakenAsync(string sql, CancellationToken cancel, params object?[] parameters) =>
        connection.RowsAsync(r => (Tag: r.GetInt32(0), Start: r.GetDateTime(1)), sql, cancel, parameters);
}
