using System.Text.Json;
using Microsoft.Data.Sqlite;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>Tags, agents, gaps and sizes, read from what is committed.</summary>
internal sealed class SqliteReader(Database database, TimeProvider clock)
{
    private const int MaxFormerNames = 8;
    private const int MaxEpochs = 20;
    private const int MaxMissing = 100;
    private static readonly TimeSpan FutureTolerance = TimeSpan.FromMinutes(5);

    // A clock that ran ahead must not hide every later reading, so the future counts only when there is nothing else.
    private const string LatestQuery =
        """
        SELECT r.ts, r.value, r.text, r.q, r.why, r.clock, r.late, e.agent, e.epoch, r.seq
        FROM readings r JOIN epochs e ON e.id = r.epoch
        WHERE r.tag = $tag AND r.ts <= $to ORDER BY r.ts DESC, r.epoch DESC, r.seq DESC LIMIT 1
        """;

    /// <summary>Former names are left out: their history belongs to the present name.</summary>
    public IReadOnlyList<TagRow> ReadTags(SqliteConnection connection)
    {
        var to = (Timestamp.Now(clock) + FutureTolerance).Microseconds;
        var tags = connection.Rows(
            r => new TagRow(r.GetInt32(0), new(r.GetString(1), r.GetString(2), r.GetString(3)), Parse(r.GetString(4)), null),
            "SELECT id, site, device, tag, info FROM tags WHERE id NOT IN (SELECT was FROM tags WHERE was IS NOT NULL) ORDER BY site, device, tag");
        for (var i = 0; i < tags.Count; i++)
            tags[i] = tags[i] with { Latest = Latest(connection, tags[i].Id, to) ?? Latest(connection, tags[i].Id, long.MaxValue) };
        return tags;
    }

    public static IReadOnlyList<int> FindTag(SqliteConnection connection, TagKey key)
    {
        List<int> ids = [];
        var next = connection.Scalar<long?>(
            "SELECT id FROM tags WHERE site = $site AND device = $device AND tag = $tag",
            ("$site", key.Site), ("$device", key.Device), ("$tag", key.Tag));
        while (next is { } id && !ids.Contains((int)id) && ids.Count <= MaxFormerNames)
        {
            ids.Add((int)id);
            next = connection.Scalar<long?>("SELECT was FROM tags WHERE id = $id", ("$id", id));
        }

        return ids;
    }

    /// <summary>Of these tags, or of all.</summary>
    public static IReadOnlyList<TagVersion> ReadTagVersions(SqliteConnection connection, IReadOnlyList<int>? tags) => connection.Rows(
        r => new TagVersion(new(r.GetString(0), r.GetString(1), r.GetString(2)), r.GetInt32(3), r.GetString(4), r.Text(5), new(r.GetInt64(6))),
        $"""
        SELECT t.site, t.device, t.tag, v.version, v.type, v.unit, v.since FROM tag_versions v JOIN tags t ON t.id = v.tag
        {(tags is null ? "" : $"WHERE v.tag IN ({string.Join(',', tags)})")} ORDER BY v.since, v.tag, v.version
        """);

    public static IReadOnlyList<AgentRow> ReadAgents(SqliteConnection connection, string? agent) => [.. connection.Rows(
        r => new AgentRow(r.GetString(0), r.GetString(1), new(r.GetInt64(2)), r.Text(3) is { } json ? Parse(json) : null, []),
        "SELECT agent, site, last_seen, heartbeat FROM agents WHERE $agent IS NULL OR agent = $agent ORDER BY agent", ("$agent", agent))
        .Select(row => row with { Ledger = ReadLedger(connection, row.Agent) })];

    public static IReadOnlyList<GapRow> ReadGaps(SqliteConnection connection, GapQuery query) => [.. connection.Rows(
        MapGap,
        """
        SELECT g.site, g.device, g.tags, g.from_ts, g.to_ts, g.cause, g.message, g.numbers, g.samples, e.agent, e.epoch, g.seq, g.ts
        FROM gaps g JOIN epochs e ON e.id = g.epoch
        WHERE g.from_ts < $to AND g.to_ts >= $from
            AND ($site IS NULL OR g.site = $site) AND ($device IS NULL OR g.device IS NULL OR g.device = $device)
            AND ($tag IS NULL OR g.tags IS NULL OR EXISTS (SELECT 1 FROM json_each(g.tags) WHERE value = $tag))
        ORDER BY g.from_ts DESC LIMIT $limit
        """,
        ("$from", query.From.Microseconds), ("$to", query.To.Microseconds), ("$site", query.Site), ("$device", query.Device),
        ("$tag", query.Tag), ("$limit", query.Limit)).AsEnumerable().Reverse()];

    public HistorianSize ReadSize(SqliteConnection connection)
    {
        var bytes = new FileInfo(database.Path).Length;
        var log = new FileInfo(database.Path + "-wal");
        return new(
            bytes + (log.Exists ? log.Length : 0),
            new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(database.Path))!).AvailableFreeSpace, // a full path has a folder
            connection.Scalar<long>("SELECT count(*) FROM dead_letters"),
            connection.Scalar<long>("SELECT count(*) FROM outdated_minutes"));
    }

    public static Timestamp? ReadOldest(SqliteConnection connection) =>
        connection.Scalar<long?>("SELECT min((SELECT min(ts) FROM readings WHERE tag = tags.id)) FROM tags") is { } oldest ? new(oldest) : null;

    private static List<LedgerRow> ReadLedger(SqliteConnection connection, string agent)
    {
        var epochs = connection.Rows(
            r => (Id: r.GetInt64(0), Name: r.GetString(1)),
            "SELECT id, epoch FROM epochs WHERE agent = $agent ORDER BY id DESC LIMIT $most", ("$agent", agent), ("$most", MaxEpochs));
        return [.. epochs.Select(epoch => Summarise(epoch.Name, connection.Rows(
            r => new LedgerRange(r.GetInt64(0), r.GetInt64(1), (LedgerState)r.GetInt32(2)),
            "SELECT from_seq, to_seq, state FROM ledger WHERE epoch = $epoch ORDER BY from_seq", ("$epoch", epoch.Id))))];
    }

    private static LedgerRow Summarise(string epoch, List<LedgerRange> ranges)
    {
        long Sum(LedgerState state) => ranges.Where(r => r.State == state).Sum(r => r.To - r.From + 1);
        return new(
            epoch, Sum(LedgerState.Stored), Sum(LedgerState.Dead), Sum(LedgerState.Dropped),
            ranges.Count == 0 ? 0 : ranges[^1].To, EpochLedger.Missing(ranges, MaxMissing));
    }

    private static LatestRow? Latest(SqliteConnection connection, int tag, long to) => connection.Rows(
        r => new LatestRow(
            new(r.GetInt64(0)), r.Number(1), r.Text(2), (Quality)r.GetInt32(3), r.Text(4), (ClockState)r.GetInt32(5), r.GetInt32(6) != 0,
            r.GetString(7), r.GetString(8), r.GetInt64(9)),
        LatestQuery, ("$tag", tag), ("$to", to)).FirstOrDefault();

    private static GapRow MapGap(SqliteDataReader r) => new(
        r.GetString(0), r.Text(1),
        r.Text(2) is { } tags ? JsonSerializer.Deserialize(tags, CentralJson.Wire.IReadOnlyListString) : null,
        new(r.GetInt64(3)), new(r.GetInt64(4)), r.GetString(5), r.Text(6),
        r.Text(7) is { } numbers ? JsonSerializer.Deserialize(numbers, CentralJson.Wire.IReadOnlyListSeqRange) : null,
        r.Integer(8), r.GetString(9), r.GetString(10), r.GetInt64(11), new(r.GetInt64(12)));

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
