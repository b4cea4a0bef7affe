using Microsoft.Data.Sqlite;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>Writes groups into the open transaction: what the ledger already has is counted as a duplicate and left alone.</summary>
internal sealed class GroupWriter(SqliteConnection connection, TagCatalog tags, LedgerBook ledger) : IDisposable
{
    private readonly ReadingTable _readings = new(connection);
    private readonly EventTable _events = new(connection);
    private readonly DeadLetterTable _deadLetters = new(connection);
    private readonly Statement _seen = new(
        connection,
        """
        INSERT INTO agents (agent, site, last_seen) VALUES (?, ?, ?)
        ON CONFLICT (agent) DO UPDATE SET last_seen = max(last_seen, excluded.last_seen)
        """);

    public CommitOutcome Write(IReadOnlyList<RecordGroup> groups, Timestamp now)
    {
        var batch = new Batch(now);
        List<GroupVerdict> verdicts = [];
        foreach (var group in groups)
            verdicts.Add(Write(group, batch));
        ledger.Flush();
        foreach (var (agent, site) in batch.Agents)
            _seen.Bind(1, agent).Bind(2, site).Bind(3, now.Microseconds).Run();
        return new(verdicts, batch.Readings, batch.NewTags, batch.Gaps, now);
    }

    public void Dispose()
    {
        _readings.Dispose();
        _seen.Dispose();
    }

    private GroupVerdict Write(RecordGroup group, Batch batch)
    {
        var verdict = new GroupVerdict();
        foreach (var item in group.Readings)
            Write(item, batch, verdict);
        foreach (var item in group.Events)
            Write(item.Record, batch, verdict);
        foreach (var line in group.Refused)
            Write(line, batch, verdict);
        if (verdict.Refused.Count > 0)
            _deadLetters.Trim();
        return verdict;
    }

    private void Write(Numbered<Reading> item, Batch batch, GroupVerdict verdict)
    {
        var reading = item.Record;
        var epoch = ledger.Open(reading.Agent, reading.Epoch, batch.Now);
        if (epoch.Ledger[reading.Seq] == LedgerState.Stored)
        {
            verdict.Duplicates++;
            return;
        }

        if (tags.Find(reading, out var created) is not { } tag)
        {
            Write(TooManyTags(item), batch, verdict);
            return;
        }

        if (created is not null)
            batch.NewTags.Add(created);
        _readings.Insert(tag, epoch, tags.Unit(reading.Unit), reading, batch.Now);
        ledger.Mark(epoch, reading.Seq, LedgerState.Stored);
        batch.Agents[reading.Agent] = reading.Site;
        batch.Readings.Add(new(tag.Id, reading));
        verdict.Stored++;
    }

    private void Write(Event item, Batch batch, GroupVerdict verdict)
    {
        var epoch = ledger.Open(item.Agent, item.Epoch, batch.Now);
        if (!ledger.Mark(epoch, item.Seq, LedgerState.Stored))
        {
            verdict.Duplicates++;
            return;
        }

        _events.Insert(epoch, item, batch.Now);
        batch.Agents[item.Agent] = item.Site;
        verdict.Stored++;
        if (item.Gap is null)
            return;
        batch.Gaps.Add(GapRow.Of(item));
        foreach (var range in item.Gap.Numbers ?? [])
            ledger.Mark(ledger.Open(item.Agent, range.Epoch, batch.Now), range.From, range.To, LedgerState.Dropped);
    }

    private void Write(RefusedLine line, Batch batch, GroupVerdict verdict)
    {
        verdict.Refused.Add(line);
        _deadLetters.Insert(line, batch.Now);
        if (line is { Agent: { } agent, Epoch: { } name, Seq: { } seq })
            ledger.Mark(ledger.Open(agent, name, batch.Now), seq, LedgerState.Dead);
    }

    private static RefusedLine TooManyTags(Numbered<Reading> item)
    {
        var r = item.Record;
        var reason = $"the centre keeps at most {TagCatalog.MaxTags} tags and {r.FullName} would be one more; look for a source that makes up names";
        return new(item.Line, r.Agent, r.Epoch, r.Seq, reason, System.Text.Encoding.UTF8.GetBytes(r.FullName));
    }

    private sealed record Batch(Timestamp Now)
    {
        public List<StoredReading> Readings { get; } = [];

        public List<TagRow> NewTags { get; } = [];

        public List<GapRow> Gaps { get; } = [];

        public Dictionary<string, string> Agents { get; } = [];
    }
}
