using System.Text.Json;
using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>
/// Numbers of tags, units and epochs. All centres share them: a missing one is inserted unless another centre was quicker, then
/// read. What a transaction adds is taken over with <see cref="Keep"/> after its commit; numbers never change.
/// </summary>
internal sealed class TagCatalog
{
    /// <summary>Most tags of a history; more are refused, so that a runaway agent cannot grow the tables without end.</summary>
    public const int MaxTags = 200_000;

    private readonly IdTable<TagKey> _tags = new();
    private readonly IdTable<string> _units = new();
    private readonly IdTable<(string Agent, string Epoch)> _epochs = new();

    public int RoomForTags => MaxTags - _tags.Count;

    public bool HasTag(TagKey key) => _tags.Has(key);

    public int Tag(TagKey key) => _tags[key];

    public int? Unit(string? symbol) => string.IsNullOrEmpty(symbol) ? null : _units[symbol];

    public int Epoch(string agent, string epoch) => _epochs[(agent, epoch)];

    public void Keep()
    {
        _tags.Keep();
        _units.Keep();
        _epochs.Keep();
    }

    public void Forget()
    {
        _tags.Forget();
        _units.Forget();
        _epochs.Forget();
    }

    public async Task LoadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        _tags.Load(await connection.RowsAsync(r => (new TagKey(r.GetString(1), r.GetString(2), r.GetString(3)), r.GetInt32(0)), "SELECT id, site, device, tag FROM tags", cancel));
        _units.Load(await connection.RowsAsync(r => (r.GetString(1), r.GetInt32(0)), "SELECT id, symbol FROM units", cancel));
        _epochs.Load(await connection.RowsAsync(r => ((r.GetString(1), r.GetString(2)), r.GetInt32(0)), "SELECT id, agent, epoch FROM epochs", cancel));
    }

    // Sorted, so that two centres with the same new names wait for each other instead of locking each other out.
    public async Task AddEpochsAsync(NpgsqlConnection connection, IEnumerable<(string Agent, string Epoch)> epochs, Timestamp now, CancellationToken cancel)
    {
        var missing = epochs.Where(e => !_epochs.Has(e)).Order().ToList();
        if (missing.Count == 0)
            return;
        string[] agents = [.. missing.Select(e => e.Agent)];
        string[] names = [.. missing.Select(e => e.Epoch)];
        await connection.RunAsync(
            "INSERT INTO epochs (agent, epoch, first_seen) SELECT a, e, $3 FROM unnest($1, $2) n(a, e) ON CONFLICT DO NOTHING", cancel, agents, names, now.ToSql());
        _epochs.Add(await connection.RowsAsync(
            r => ((r.GetString(1), r.GetString(2)), r.GetInt32(0)),
            "SELECT id, agent, epoch FROM epochs JOIN unnest($1, $2) n(a, e) ON agent = a AND epoch = e", cancel, agents, names));
    }

    public async Task AddUnitsAsync(NpgsqlConnection connection, IEnumerable<string?> symbols, CancellationToken cancel)
    {
        string[] missing = [.. symbols.OfType<string>().Where(s => s.Length > 0 && !_units.Has(s)).Distinct().Order(StringComparer.Ordinal)];
        if (missing.Length == 0)
            return;
        var clean = missing.Select(Sql.Clean).ToArray();
        await connection.RunAsync("INSERT INTO units (symbol) SELECT unnest($1) ON CONFLICT DO NOTHING", cancel, (object)clean);
        var ids = (await connection.RowsAsync(r => (r.GetString(1), r.GetInt32(0)), "SELECT id, symbol FROM units WHERE symbol = ANY($1)", cancel, (object)clean))
            .ToDictionary(u => u.Item1, u => u.Item2);
        _units.Add(missing.Select(s => (s, ids[Sql.Clean(s)!]))); // not null: it was given
    }

    /// <summary>Gives new tags their numbers and returns those that no other centre had made.</summary>
    public async Task<IReadOnlyList<TagRow>> AddTagsAsync(NpgsqlConnection connection, IReadOnlyDictionary<TagKey, TagInfo> infos, CancellationToken cancel)
    {
        List<TagRow> created = [];
        foreach (var (key, info) in infos.OrderBy(p => p.Key.ToString(), StringComparer.Ordinal))
        {
            var json = JsonSerializer.SerializeToElement(info, ContractsJson.Wire.TagInfo);
            var id = await connection.ScalarAsync<int?>(
                """
                INSERT INTO tags (site, device, tag, info, announced, changed) VALUES ($1, $2, $3, $4, $5, pg_current_xact_id())
                ON CONFLICT DO NOTHING RETURNING id
                """,
                cancel, key.Site, key.Device, key.Tag, json.GetRawText(), long.MinValue);
            if (id is { } made)
                created.Add(new(made, key, json, null));
            _tags.Add([(key, id ?? await connection.ScalarAsync<int>(
                "SELECT id FROM tags WHERE site = $1 AND device = $2 AND tag = $3", cancel, key.Site, key.Device, key.Tag))]);
        }

        return created;
    }
}

/// <summary>Numbers by name: those known for sure, and those of the open transaction.</summary>
internal sealed class IdTable<TName>
    where TName : notnull
{
    private readonly Dictionary<TName, int> _ids = [];
    private readonly Dictionary<TName, int> _open = [];

    public int Count => _ids.Count + _open.Count;

    public int this[TName name] => _ids.TryGetValue(name, out var id) ? id : _open[name];

    public bool Has(TName name) => _ids.ContainsKey(name) || _open.ContainsKey(name);

    public void Load(IEnumerable<(TName Name, int Id)> all)
    {
        foreach (var (name, id) in all)
            _ids[name] = id;
    }

    public void Add(IEnumerable<(TName Name, int Id)> some)
    {
        foreach (var (name, id) in some)
            _open[name] = id;
    }

    public void Keep()
    {
        Load(_open.Select(p => (p.Key, p.Value)));
        _open.Clear();
    }

    public void Forget() => _open.Clear();
}
