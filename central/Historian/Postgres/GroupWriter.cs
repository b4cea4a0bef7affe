using System.Text.Json;
using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>Writes groups into the open transaction: what the ledger already has is counted as a duplicate and left alone.</summary>
internal sealed class GroupWriter(NpgsqlConnection connection, TagCatalog catalog, MinuteMarks marks)
{
    private readonly ReadingTable _readings = new(connection, marks);
    private readonly LedgerTable _ledger = new(connection);

    public async Task<CommitOutcome> WriteAsync(
        IReadOnlyList<RecordGroup> groups, IReadOnlyList<StreamPosition> read, Timestamp now, bool careful, CancellationToken cancel)
    {
        var plan = new CommitPlan(now, catalog.HasTag, catalog.RoomForTags);
        plan.Look(groups);
        await catalog.AddEpochsAsync(connection, plan.Epochs.Select(e => (e.Agent, e.Epoch)), now, cancel);
        foreach (var epoch in plan.Epochs)
            epoch.Id = catalog.Epoch(epoch.Agent, epoch.Epoch);
        await _ledger.ReadAsync(plan.Epochs, cancel);
        plan.Sort(groups);
        var created = await catalog.AddTagsAsync(connection, plan.NewTags.ToDictionary(t => t.Key, t => TagWriter.FirstInfo(t.Value)), cancel);
        await catalog.AddUnitsAsync(connection, plan.Readings.Select(r => r.Unit), cancel);
        await _readings.WriteAsync(plan.Readings, catalog, now, careful, cancel);
        await WriteOthersAsync(plan, read, cancel);
        return new(plan.Verdicts, [.. plan.Readings.Select(r => new StoredReading(catalog.Tag(TagKey.Of(r)), r))], created, plan.Gaps, now);
    }

    /// <summary>What was written last is committed.</summary>
    public void Keep() => _readings.Keep();

    private async Task WriteOthersAsync(CommitPlan plan, IReadOnlyList<StreamPosition> read, CancellationToken cancel)
    {
        await using var batch = connection.CreateBatch();
        LedgerTable.Claim(batch, plan.Epochs);
        AddEvents(batch, plan);
        AddGaps(batch, plan);
        DeadLetterTable.Add(batch, plan.DeadLetters, plan.Now);
        AddAgents(batch, plan);
        PositionTable.Save(batch, read);
        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(cancel);
    }

    private static void AddAgents(NpgsqlBatch batch, CommitPlan plan)
    {
        if (plan.Agents.Count == 0)
            return;
        var agents = plan.Agents.OrderBy(a => a.Key, StringComparer.Ordinal).ToList();
        batch.Add(
            """
            INSERT INTO agents AS old (agent, site, last_seen, changed) SELECT a, s, $3, pg_current_xact_id() FROM unnest($1, $2) n(a, s)
            ON CONFLICT (agent) DO UPDATE SET last_seen = greatest(old.last_seen, excluded.last_seen), changed = excluded.changed
            """,
            agents.Select(a => a.Key).ToArray(), agents.Select(a => a.Value).ToArray(), plan.Now.ToSql());
    }

    private void AddEvents(NpgsqlBatch batch, CommitPlan plan)
    {
        var e = plan.Events;
        if (e.Count == 0)
            return;
        batch.Add(
            """
            INSERT INTO events (epoch, seq, ts, event, site, device, json, committed)
            SELECT *, $8 FROM unnest($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
            """,
            e.Select(EpochOf).ToArray(), e.Select(i => i.Seq).ToArray(), e.Select(i => i.Ts.ToSql()).ToArray(), e.Select(i => i.Kind).ToArray(),
            e.Select(i => i.Site).ToArray(), e.Select(i => i.Device).ToArray(),
            e.Select(i => JsonSerializer.Serialize(i, ContractsJson.Wire.Event)).ToArray(), plan.Now.ToSql());
    }

    private void AddGaps(NpgsqlBatch batch, CommitPlan plan)
    {
        List<(Event Event, Gap Gap)> g = [.. plan.Events.Where(e => e.Gap is not null).Select(e => (e, e.Gap!))]; // the filter looked
        if (g.Count == 0)
            return;
        batch.Add(
            """
            INSERT INTO gaps (epoch, seq, ts, site, device, tags, from_ts, to_ts, cause, message, numbers, samples, changed)
            SELECT *, pg_current_xact_id() FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING
            """,
            g.Select(i => EpochOf(i.Event)).ToArray(), g.Select(i => i.Event.Seq).ToArray(), g.Select(i => i.Event.Ts.ToSql()).ToArray(),
            g.Select(i => i.Event.Site).ToArray(), g.Select(i => i.Event.Device).ToArray(),
            g.Select(i => i.Gap.Tags is null ? null : JsonSerializer.Serialize(i.Gap.Tags, CentralJson.Wire.IReadOnlyListString)).ToArray(),
            g.Select(i => i.Gap.From.ToSql()).ToArray(), g.Select(i => i.Gap.To.ToSql()).ToArray(), g.Select(i => Sql.Clean(i.Gap.Cause)).ToArray(),
            g.Select(i => Sql.Clean(i.Event.Message)).ToArray(),
            g.Select(i => i.Gap.Numbers is null ? null : JsonSerializer.Serialize(i.Gap.Numbers, CentralJson.Wire.IReadOnlyListSeqRange)).ToArray(),
            g.Select(i => i.Gap.Samples).ToArray());
    }

    private int EpochOf(Event item) => catalog.Epoch(item.Agent, item.Epoch);
}
