using System.Text.Json;
using Microsoft.Data.Sqlite;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>Numbers of tags and units, held in memory by the writing task; new ones are written in its transaction.</summary>
internal sealed class TagCatalog(SqliteConnection connection)
{
    /// <summary>Most tags of a centre; more are refused, so that a runaway agent cannot grow the tables without end.</summary>
    public const int MaxTags = 200_000;

    private readonly Dictionary<TagKey, TagEntry> _tags = [];
    private readonly Dictionary<string, int> _units = [];

    public void Load()
    {
        _tags.Clear();
        _units.Clear();
        foreach (var (key, id) in connection.Rows(
            r => (new TagKey(r.GetString(1), r.GetString(2), r.GetString(3)), r.GetInt32(0)), "SELECT id, site, device, tag FROM tags"))
        {
            _tags[key] = new(id);
        }

        foreach (var (symbol, id) in connection.Rows(r => (r.GetString(1), r.GetInt32(0)), "SELECT id, symbol FROM units"))
            _units[symbol] = id;
    }

    /// <summary>The minutes known to be outdated are asked for anew.</summary>
    public void ForgetOutdated()
    {
        foreach (var entry in _tags.Values)
            entry.OutdatedMinute = long.MinValue;
    }

    /// <summary>The tag's entry; null when the table is full. <paramref name="created"/> is set when the tag is new.</summary>
    public TagEntry? Find(Reading reading, out TagRow? created)
    {
        created = null;
        var key = TagKey.Of(reading);
        if (_tags.TryGetValue(key, out var entry))
            return entry;
        if (_tags.Count >= MaxTags)
            return null;

        var info = new TagInfo
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
        created = Insert(key, JsonSerializer.SerializeToElement(info, ContractsJson.Wire.TagInfo), announced: false);
        return _tags[key];
    }

    public int Unit(string? symbol)
    {
        if (string.IsNullOrEmpty(symbol))
            return 0;
        if (_units.TryGetValue(symbol, out var id))
            return id;

        id = (int)connection.Scalar<long>("INSERT INTO units (symbol) VALUES ($symbol) RETURNING id", ("$symbol", symbol));
        _units[symbol] = id;
        return id;
    }

    /// <summary>Takes over what an agent says about a tag. Null when nothing changed, it is older, or the table is full.</summary>
    public TagRow? Save(TagInfo info)
    {
        var key = TagKey.Of(info);
        var json = JsonSerializer.SerializeToElement(info, ContractsJson.Wire.TagInfo);
        if (!_tags.TryGetValue(key, out var entry))
        {
            if (_tags.Count >= MaxTags)
                return null;
            var created = Insert(key, json, announced: true);
            SaveVersion(created.Id, info);
            return created;
        }

        var changed = connection.Run(
            "UPDATE tags SET info = $info, announced = $ts, was = $was WHERE id = $id AND announced <= $ts AND info <> $info",
            ("$info", json.GetRawText()), ("$ts", info.Ts.Microseconds), ("$was", Former(info)), ("$id", entry.Id));
        SaveVersion(entry.Id, info);
        return changed == 0 ? null : new(entry.Id, key, json, null);
    }

    private TagRow Insert(TagKey key, JsonElement info, bool announced)
    {
        var ts = announced ? Timestamp.Parse(info.GetProperty("ts").GetString()!).Microseconds : long.MinValue;
        var id = (int)connection.Scalar<long>(
            "INSERT INTO tags (site, device, tag, info, announced, was) VALUES ($site, $device, $tag, $info, $ts, $was) RETURNING id",
            ("$site", key.Site), ("$device", key.Device), ("$tag", key.Tag), ("$info", info.GetRawText()), ("$ts", ts),
            ("$was", info.TryGetProperty("was", out var was) ? FormerId(was.GetString()) : null));
        _tags[key] = new(id);
        return new(id, key, info, null);
    }

    private void SaveVersion(int id, TagInfo info) => connection.Run(
        """
        INSERT INTO tag_versions (tag, version, type, unit, since) VALUES ($tag, $version, $type, $unit, $since)
        ON CONFLICT (tag, version) DO UPDATE SET type = excluded.type, unit = excluded.unit, since = min(since, excluded.since)
        """,
        ("$tag", id), ("$version", info.TagVersion), ("$type", info.Type), ("$unit", info.Unit), ("$since", info.Ts.Microseconds));

    private int? Former(TagInfo info) => info.Was is null ? null : FormerId(info.Was);

    // A former name may be announced before its first reading is here, so it gets its number now.
    private int? FormerId(string? name)
    {
        if (!TagKey.TryParse(name, out var key))
            return null;
        if (_tags.TryGetValue(key, out var entry))
            return entry.Id;

        var info = new TagInfo { Site = key.Site, Device = key.Device, Tag = key.Tag, Kind = Kinds.Sensor, Type = "number", Ts = default };
        return Insert(key, JsonSerializer.SerializeToElement(info, ContractsJson.Wire.TagInfo), announced: false).Id;
    }
}

/// <summary>A tag's number, and the minute last marked as outdated so that the same is not written again.</summary>
internal sealed class TagEntry(int id)
{
    public int Id { get; } = id;

    public long OutdatedMinute { get; set; } = long.MinValue;
}
