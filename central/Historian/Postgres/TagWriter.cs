using System.Text.Json;
using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>Takes over what agents say about tags.</summary>
internal sealed class TagWriter(NpgsqlConnection connection, TagCatalog catalog)
{
    /// <summary>Returns the tags that are new or changed; what is older than what is known changes nothing.</summary>
    public async Task<IReadOnlyList<TagRow>> SaveAsync(IReadOnlyList<TagInfo> tags, CancellationToken cancel)
    {
        // By name, so that two centres take the rows in one order.
        List<TagRow> changed = [];
        foreach (var info in tags.OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            if (await SaveAsync(info, cancel) is { } row)
                changed.Add(row);
        }

        return changed;
    }

    /// <summary>What a reading tells about its tag before the agent does.</summary>
    public static TagInfo FirstInfo(Reading reading) => new()
    {
        Site = reading.Site,
        Device = reading.Device,
        Tag = reading.Tag,
        Kind = reading.Kind,
        Type = reading.Value is null && reading.Text is not null ? "text" : "number",
        Unit = reading.Unit,
        Ts = reading.Ts,
        Agent = reading.Agent,
    };

    private async Task<TagRow?> SaveAsync(TagInfo info, CancellationToken cancel)
    {
        var key = TagKey.Of(info);
        if (!catalog.HasTag(key) && catalog.RoomForTags <= 0)
            return null;
        var former = await FormerAsync(info.Was, cancel);
        if (!catalog.HasTag(key))
            await catalog.AddTagsAsync(connection, new Dictionary<TagKey, TagInfo> { [key] = info }, cancel);
        var id = catalog.Tag(key);
        var json = JsonSerializer.SerializeToElement(info, ContractsJson.Wire.TagInfo);
        var changed = await connection.RunAsync(
            """
            UPDATE tags SET info = $1, announced = $2, was = $3, changed = pg_current_xact_id()
            WHERE id = $4 AND announced <= $2 AND (info <> $1 OR announced = $5)
            """,
            cancel, json.GetRawText(), info.Ts.Microseconds, former, id, long.MinValue);
        await connection.RunAsync(
            """
            INSERT INTO tag_versions (tag, version, type, unit, since) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tag, version) DO UPDATE SET type = excluded.type, unit = excluded.unit, since = least(tag_versions.since, excluded.since)
            """,
            cancel, id, info.TagVersion, Sql.Clean(info.Type), Sql.Clean(info.Unit), info.Ts.ToSql());
        return changed == 0 ? null : new(id, key, json, null);
    }

    // A former name may be announced before its first reading is here, so it gets its number now.
    private async Task<int?> FormerAsync(string? name, CancellationToken cancel)
    {
        if (!TagKey.TryParse(name, out var key))
            return null;
        if (!catalog.HasTag(key))
        {
            var info = new TagInfo { Site = key.Site, Device = key.Device, Tag = key.Tag, Kind = Kinds.Sensor, Type = "number", Ts = default };
            await catalog.AddTagsAsync(connection, new Dictionary<TagKey, TagInfo> { [key] = info }, cancel);
        }

        return catalog.Tag(key);
    }
}
