using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>
/// Writes readings by binary COPY, straight into the table: the ledger has already sorted out what is there. When another centre
/// stored one of them a moment before, the key says so and the transaction runs again, carefully: over a temporary table and a
/// merge that leaves alone what is there. The rows go in the order of the key, so that two centres with the same readings wait for
/// each other instead of locking each other out, and a tag's readings lie side by side.
/// </summary>
internal sealed class ReadingTable(NpgsqlConnection connection, MinuteMarks marks)
{
    private const short Fields = 13;
    private static readonly TimeSpan FutureTolerance = TimeSpan.FromMinutes(5);

    public const string CreateStaged =
        """
        CREATE TEMPORARY TABLE staged (
            tag integer, ts timestamptz, epoch integer, seq bigint, value double precision, unit integer, q smallint, clock smallint,
            late boolean, committed timestamptz, text text, why text, extra text) ON COMMIT DELETE ROWS
        """;

    private const string Columns = "tag, ts, epoch, seq, value, unit, q, clock, late, committed, text, why, extra";

    private const string Merge = $"INSERT INTO readings ({Columns}) SELECT {Columns} FROM staged ON CONFLICT DO NOTHING";

    // The latest by time. A clock that ran ahead must not hide every later reading, so a future one stays only until a present one comes.
    private const string MergeLatest =
        """
        INSERT INTO latest AS old (tag, ts, epoch, seq, value, text, q, why, clock, late, changed)
        SELECT tag, ts, epoch, seq, value, text, q, why, clock, late, pg_current_xact_id() FROM staged
        ON CONFLICT (tag) DO UPDATE SET (ts, epoch, seq, value, text, q, why, clock, late, changed) =
            (excluded.ts, excluded.epoch, excluded.seq, excluded.value, excluded.text, excluded.q, excluded.why, excluded.clock, excluded.late, excluded.changed)
        WHERE (excluded.ts <= $1 AND old.ts > $1)
            OR ((excluded.ts <= $1 OR old.ts > $1) AND (excluded.ts, excluded.epoch, excluded.seq) > (old.ts, old.epoch, old.seq))
        """;

    private readonly CopyBuffer _buffer = new();

    // By tag, the time up to which latest is known to have come: what is older need not be offered to it. After the commit only.
    private readonly Dictionary<int, Timestamp> _reached = [];
    private readonly List<(int Tag, Timestamp Ts)> _offered = [];

    /// <summary>What was written last is committed.</summary>
    public void Keep()
    {
        foreach (var (tag, ts) in _offered)
            _reached[tag] = ts;
        _offered.Clear();
    }

    public async Task WriteAsync(IReadOnlyList<Reading> readings, TagCatalog catalog, Timestamp now, bool careful, CancellationToken cancel)
    {
        _offered.Clear();
        if (readings.Count == 0)
            return;
        var future = now + FutureTolerance;
        var rows = Sorted(readings, catalog);
        await CopyAsync(careful ? "staged" : "readings", rows, catalog, now, cancel);
        if (careful)
            await connection.RunAsync($"{Merge}; TRUNCATE staged", cancel);
        var newest = rows.Where((row, i) => IsNewest(rows, i, future) && IsNews(row)).ToList();
        await CopyAsync("staged", newest, catalog, now, cancel);
        await using var batch = connection.CreateBatch();
        marks.Add(batch, rows);
        batch.Add(MergeLatest, future.ToSql());
        _offered.AddRange(newest.Where(row => row.Reading.Ts <= future).Select(row => (row.Tag, row.Reading.Ts)));
        await batch.ExecuteNonQueryAsync(cancel);
    }

    public static Row[] Sorted(IReadOnlyList<Reading> readings, TagCatalog catalog)
    {
        var rows = new Row[readings.Count];
        var (agent, epoch, id) = ("", "", 0);
        for (var i = 0; i < rows.Length; i++)
        {
            var reading = readings[i];
            if (reading.Epoch != epoch || reading.Agent != agent)
                (agent, epoch, id) = (reading.Agent, reading.Epoch, catalog.Epoch(reading.Agent, reading.Epoch));
            rows[i] = new(catalog.Tag(TagKey.Of(reading)), id, reading);
        }

        Array.Sort(rows);
        return rows;
    }

    private async Task CopyAsync(string table, IEnumerable<Row> rows, TagCatalog catalog, Timestamp committed, CancellationToken cancel)
    {
        _buffer.Begin();
        foreach (var row in rows)
            Encode(row, catalog.Unit(row.Reading.Unit), committed);
        _buffer.End();
        await using var copy = await connection.BeginRawBinaryCopyAsync($"COPY {table} ({Columns}) FROM STDIN (FORMAT BINARY)", cancel);
        await copy.WriteAsync(_buffer.Written, cancel);
    }

    private void Encode(in Row row, int? unit, Timestamp committed)
    {
        var reading = row.Reading;
        _buffer.Row(Fields);
        _buffer.Int32(row.Tag);
        _buffer.Moment(reading.Ts);
        _buffer.Int32(row.Epoch);
        _buffer.Int64(reading.Seq);
        _buffer.Number(reading.Value);
        if (unit is { } id)
            _buffer.Int32(id);
        else
            _buffer.Null();
        _buffer.Int16((short)reading.Q);
        _buffer.Int16((short)reading.Clock);
        _buffer.Boolean(reading.Late);
        _buffer.Moment(committed);
        _buffer.Text(reading.Text);
        _buffer.Text(reading.Why);
        _buffer.Text(UnknownFields.Json(reading));
    }

    /// <summary>True for the last row of a tag that is not in the future; for the last of all when all are.</summary>
    private static bool IsNewest(Row[] rows, int i, Timestamp future)
    {
        var last = i + 1 == rows.Length || rows[i + 1].Tag != rows[i].Tag;
        if (rows[i].Reading.Ts <= future)
            return last || rows[i + 1].Reading.Ts > future;
        if (!last)
            return false;
        while (i > 0 && rows[i - 1].Tag == rows[i].Tag && rows[i].Reading.Ts > future)
            i--;
        return rows[i].Reading.Ts > future;
    }

    private bool IsNews(in Row row) => !_reached.TryGetValue(row.Tag, out var reached) || row.Reading.Ts >= reached;
}

/// <summary>A reading with its numbers, ordered as the table's key.</summary>
internal readonly record struct Row(int Tag, int Epoch, Reading Reading) : IComparable<Row>
{
    public int CompareTo(Row other)
    {
        var order = Tag.CompareTo(other.Tag);
        if (order == 0)
            order = Reading.Ts.CompareTo(other.Reading.Ts);
        if (order == 0)
            order = Epoch.CompareTo(other.Epoch);
        return order == 0 ? Reading.Seq.CompareTo(other.Reading.Seq) : order;
    }
}
