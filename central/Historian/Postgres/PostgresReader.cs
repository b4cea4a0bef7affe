using System.Text.Json;
using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>Tags, readings, agents, gaps and sizes, read from what is committed.</summary>
internal static class PostgresReader
{
    private const int MaxFormerNames = 8;
    private const int MaxEpochs = 20;
    private const int MaxMissing = 100;

    /// <summary>A tag's columns and its latest reading's, for <see cref="MapTag"/>.</summary>
    public const string TagQuery =
        """
        SELECT t.id, t.site, t.device, t.tag, t.info, l.ts, l.value, l.text, l.q, l.why, l.clock, l.late, e.agent, e.epoch, l.seq
        FROM tags t LEFT JOIN latest l ON l.tag = t.id LEFT JOIN epochs e ON e.id = l.epoch
        """;

    public const string PresentNames = " WHERE t.id NOT IN (SELECT was FROM tags WHERE was IS NOT NULL)";

    /// <summary>A gap's columns, for <see cref="MapGap"/>.</summary>
    public const string GapColumns =
        """
        SELECT g.site, g.device, g.tags, g.from_ts, g.to_ts, g.cause, g.message, g.numbers, g.samples, e.agent, e.epoch, g.seq, g.ts
        FROM gaps g JOIN epochs e ON e.id = g.epoch
        """;

    private const string GapFilter =
        """
         WHERE g.from_ts < $2 AND g.to_ts >= $1
            AND ($3::text IS NULL OR g.site = $3) AND ($4::text IS NULL OR g.device IS NULL OR g.device = $4)
            AND ($5::text IS NULL OR g.tags IS NULL OR g.tags::jsonb ? $5)
        ORDER BY g.from_ts DESC LIMIT $6
        """;

    /// <summary>Former names are left out: their history belongs to the present name.</summary>
    public static async Task<IReadOnlyList<TagRow>> ReadTagsAsync(NpgsqlConnection connection, CancellationToken cancel) => await connection.RowsAsync(
        MapTag, TagQuery + PresentNames + " ORDER BY t.site COLLATE \"C\", t.device COLLATE \"C\", t.tag COLLATE \"C\"", cancel);

    public static async Task<IReadOnlyList<int>> FindTagAsync(NpgsqlConnection connection, TagKey key, CancellationToken cancel) => await connection.RowsAsync(
        r => r.GetInt32(0),
        """
        WITH RECURSIVE names AS (
            SELECT id, was, 0 AS depth, ARRAY[id] AS seen FROM tags WHERE site = $1 AND device = $2 AND tag = $3
            UNION ALL
            SELECT t.id, t.was, n.depth + 1, n.seen || t.id FROM names n JOIN tags t ON t.id = n.was WHERE n.depth < $4 AND t.id <> ALL(n.seen))
        SELECT id FROM names ORDER BY depth
        """,
        cancel, key.Site, key.Device, key.Tag, MaxFormerNames);

    /// <summary>Of these tags, or of all.</summary>
    public static async Task<IReadOnlyList<TagVersion>> ReadTagVersionsAsync(NpgsqlConnection connection, IReadOnlyList<int>? tags, CancellationToken cancel) =>
        await connection.RowsAsync(
            r => new TagVersion(new(r.GetString(0), r.GetString(1), r.GetString(2)), r.GetInt32(3), r.GetString(4), r.Text(5), r.Moment(6)),
            """
            SELECT t.site, t.device, t.tag, v.version, v.type, v.unit, v.since FROM tag_versions v JOIN tags t ON t.id = v.tag
            WHERE $1::integer[] IS NULL OR v.tag = ANY($1) ORDER BY v.since, v.tag, v.version
            """,
            cancel, tags?.ToArray());

    public static async Task<IReadOnlyList<RawPoint>> ReadRawAsync(
        NpgsqlConnection connection, IReadOnlyList<int> tags, Timestamp from, Timestamp to, int limit, CancellationToken cancel)
    {
        List<RawPoint> points = [];
        foreach (var tag in tags)
        {
            points.AddRange(await connection.RowsAsync(
                MapPoint,
                """
                SELECT r.ts, r.value, r.text, u.symbol, r.q, r.why, r.clock, e.agent, e.epoch, r.seq, r.committed
                FROM (SELECT * FROM readings WHERE tag = $1 AND ts >= $2 AND ts < $3 ORDER BY ts, epoch, seq LIMIT $4) r
                JOIN epochs e ON e.id = r.epoch LEFT JOIN units u ON u.id = r.unit
                ORDER BY r.ts, r.epoch, r.seq
                """,
                cancel, tag, from.ToBorder(), to.ToBorder(), limit));
        }

        // A stable sort keeps epoch and seq in order inside one moment.
        return tags.Count <= 1 ? points : [.. points.OrderBy(p => p.Ts.Microseconds).Take(limit)];
    }

    public static async Task<IReadOnlyList<AgentRow>> ReadAgentsAsync(NpgsqlConnection connection, string? agent, CancellationToken cancel)
    {
        var agents = await connection.RowsAsync(
            r => new AgentRow(r.GetString(0), r.GetString(1), r.Moment(2), r.Text(3) is { } json ? Parse(json) : null, []),
            "SELECT agent, site, last_seen, heartbeat FROM agents WHERE $1::text IS NULL OR agent = $1 ORDER BY agent COLLATE \"C\"", cancel, agent);
        var epochs = await connection.RowsAsync(
            r => (Id: r.GetInt32(0), Agent: r.GetString(1), Epoch: r.GetString(2)),
            """
            SELECT id, agent, epoch FROM (SELECT *, row_number() OVER (PARTITION BY agent ORDER BY id DESC) AS n FROM epochs WHERE $1::text IS NULL OR agent = $1) e
            WHERE n <= $2 ORDER BY id DESC
            """,
            cancel, agent, MaxEpochs);
        var ledgers = await LedgerTable.ReadAllAsync(connection, [.. epochs.Select(e => e.Id)], cancel);
        var rows = epochs.ToLookup(e => e.Agent, e => Summarise(e.Epoch, ledgers.GetValueOrDefault(e.Id)?.Ranges ?? []));
        return [.. agents.Select(a => a with { Ledger = [.. rows[a.Agent]] })];
    }

    public static async Task<IReadOnlyList<GapRow>> ReadGapsAsync(NpgsqlConnection connection, GapQuery query, CancellationToken cancel)
    {
        var gaps = await connection.RowsAsync(
            MapGap, GapColumns + GapFilter, cancel, query.From.ToBorder(), query.To.ToBorder(), query.Site, query.Device, query.Tag, query.Limit);
        gaps.Reverse();
        return gaps;
    }

    /// <summary>The server does not tell how much room its disk has, so only what is used can be said.</summary>
    public static async Task<HistorianSize> ReadSizeAsync(NpgsqlConnection connection, CancellationToken cancel) => (await connection.RowsAsync(
        r => new HistorianSize(r.GetInt64(0), long.MaxValue, r.GetInt64(1), r.GetInt64(2)),
        """
        SELECT pg_database_size(current_database()), (SELECT count(*) FROM dead_letters),
            (SELECT count(*) FROM minute_marks)
        """,
        cancel))[0];

    public static async Task<Timestamp?> ReadOldestAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var names = (await Partitions.ReadAsync(connection, cancel)).Select(Partitions.NameOf).Append("readings_default");
        foreach (var name in names)
        {
            var oldest = await connection.RowsAsync(r => r.IsDBNull(0) ? (Timestamp?)null : r.Moment(0), $"SELECT min(ts) FROM {name}", cancel);
            if (oldest[0] is { } found)
                return found;
        }

        return null;
    }

    public static TagRow MapTag(NpgsqlDataReader r) => new(
        r.GetInt32(0), new(r.GetString(1), r.GetString(2), r.GetString(3)), Parse(r.GetString(4)),
        r.IsDBNull(5) ? null : new(
            r.Moment(5), r.Number(6), r.Text(7), (Quality)r.GetInt16(8), r.Text(9), (ClockState)r.GetInt16(10), r.GetBoolean(11),
            r.GetString(12), r.GetString(13), r.GetInt64(14)));

    public static GapRow MapGap(NpgsqlDataReader r) => new(
        r.GetString(0), r.Text(1),
        r.Text(2) is { } tags ? JsonSerializer.Deserialize(tags, CentralJson.Wire.IReadOnlyListString) : null,
        r.Moment(3), r.Moment(4), r.GetString(5), r.Text(6),
        r.Text(7) is { } numbers ? JsonSerializer.Deserialize(numbers, CentralJson.Wire.IReadOnlyListSeqRange) : null,
        r.Integer(8), r.GetString(9), r.GetString(10), r.GetInt64(11), r.Moment(12));

    private static RawPoint MapPoint(NpgsqlDataReader r) => new(
        r.Moment(0), r.Number(1), r.Text(2), r.Text(3), (Quality)r.GetInt16(4), r.Text(5), (ClockState)r.GetInt16(6),
        r.GetString(7), r.GetString(8), r.GetInt64(9), r.Moment(10));

    private static LedgerRow Summarise(string epoch, IReadOnlyList<LedgerRange> ranges)
    {
        long Sum(LedgerState state) => ranges.Where(r => r.State == state).Sum(r => r.To - r.From + 1);
        return new(
            epoch, Sum(LedgerState.Stored), Sum(LedgerState.Dead), Sum(LedgerState.Dropped),
            ranges.Count == 0 ? 0 : ranges[^1].To, EpochLedger.Missing(ranges, MaxMissing));
    }

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
