using System.Text;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>
/// What of the offered groups is new, by the ledger. Pure: the ledger's ranges go in, rows to write and numbers to claim come out.
/// The order inside a group is readings, events, refused lines, as in every engine.
/// </summary>
internal sealed class CommitPlan(Timestamp now, Func<TagKey, bool> isKnownTag, int roomForTags)
{
    private readonly Dictionary<(string Agent, string Epoch), EpochMarks> _epochs = [];
    private readonly Dictionary<TagKey, Reading> _newTags = [];
    private EpochMarks? _last;

    public Timestamp Now => now;

    public List<GroupVerdict> Verdicts { get; } = [];

    public List<Reading> Readings { get; } = [];

    public List<Event> Events { get; } = [];

    public List<RefusedLine> DeadLetters { get; } = [];

    public List<GapRow> Gaps { get; } = [];

    /// <summary>
    /// Site by agent, also of an agent that sent only duplicates: its row makes the commit wait for the standby, which may not have
    /// confirmed the commit that stored them.
    /// </summary>
    public Dictionary<string, string> Agents { get; } = [];

    /// <summary>Tags that have no number yet, with the reading that names them first.</summary>
    public IReadOnlyDictionary<TagKey, Reading> NewTags => _newTags;

    public IReadOnlyCollection<EpochMarks> Epochs => _epochs.Values;

    /// <summary>Records come in runs of one epoch.</summary>
    public EpochMarks Epoch(string agent, string epoch)
    {
        if (_last is not { } last || last.Epoch != epoch || last.Agent != agent)
            _last = last = _epochs[(agent, epoch)];
        return last;
    }

    /// <summary>Which numbers of which epochs the groups speak of; the ledger is asked for these.</summary>
    public void Look(IReadOnlyList<RecordGroup> groups)
    {
        foreach (var group in groups)
        {
            foreach (var (_, r) in group.Readings)
                Look(r.Agent, r.Epoch, r.Seq, r.Seq);
            foreach (var (_, e) in group.Events)
            {
                Look(e.Agent, e.Epoch, e.Seq, e.Seq);
                foreach (var range in e.Gap?.Numbers ?? [])
                    Look(e.Agent, range.Epoch, range.From, range.To);
            }

            foreach (var line in group.Refused)
            {
                if (line is { Agent: { } agent, Epoch: { } epoch, Seq: { } seq })
                    Look(agent, epoch, seq, seq);
            }
        }
    }

    public void Sort(IReadOnlyList<RecordGroup> groups)
    {
        foreach (var group in groups)
            Verdicts.Add(Sort(group));
    }

    private void Look(string agent, string epoch, long from, long to)
    {
        if (!_epochs.TryGetValue((agent, epoch), out var marks))
            _epochs[(agent, epoch)] = marks = new(agent, epoch);
        marks.Look(from, to);
    }

    private GroupVerdict Sort(RecordGroup group)
    {
        var verdict = new GroupVerdict();
        foreach (var item in group.Readings)
            Sort(item, verdict);
        foreach (var item in group.Events)
            Sort(item.Record, verdict);
        foreach (var line in group.Refused)
            Refuse(line, verdict);
        return verdict;
    }

    private void Sort(Numbered<Reading> item, GroupVerdict verdict)
    {
        var reading = item.Record;
        var epoch = Epoch(reading.Agent, reading.Epoch);
        if (epoch.Site != reading.Site)
            Agents[reading.Agent] = epoch.Site = reading.Site;
        if (epoch.IsStored(reading.Seq))
        {
            verdict.Duplicates++;
        }
        else if (!HasRoom(reading))
        {
            Refuse(TooManyTags(item), verdict);
        }
        else
        {
            epoch.Mark(reading.Seq, LedgerState.Stored);
            Readings.Add(reading);
            verdict.Stored++;
        }
    }

    private void Sort(Event item, GroupVerdict verdict)
    {
        Agents[item.Agent] = item.Site;
        if (!Epoch(item.Agent, item.Epoch).Mark(item.Seq, LedgerState.Stored))
        {
            verdict.Duplicates++;
            return;
        }

        Events.Add(item);
        verdict.Stored++;
        if (item.Gap is null)
            return;
        Gaps.Add(GapRow.Of(item));
        foreach (var range in item.Gap.Numbers ?? [])
            Epoch(item.Agent, range.Epoch).Mark(range.From, range.To, LedgerState.Dropped);
    }

    private void Refuse(RefusedLine line, GroupVerdict verdict)
    {
        verdict.Refused.Add(line);
        DeadLetters.Add(line);
        if (line is { Agent: { } agent, Epoch: { } epoch, Seq: { } seq })
            Epoch(agent, epoch).Mark(seq, LedgerState.Dead);
    }

    private bool HasRoom(Reading reading)
    {
        var key = TagKey.Of(reading);
        if (isKnownTag(key) || _newTags.ContainsKey(key))
            return true;
        if (_newTags.Count >= roomForTags)
            return false;
        _newTags[key] = reading;
        return true;
    }

    private static RefusedLine TooManyTags(Numbered<Reading> item)
    {
        var r = item.Record;
        var reason = $"the centre keeps at most {TagCatalog.MaxTags} tags and {r.FullName} would be one more; look for a source that makes up names";
        return new(item.Line, r.Agent, r.Epoch, r.Seq, reason, Encoding.UTF8.GetBytes(r.FullName));
    }
}

/// <summary>One epoch in a commit: what the ledger knows of the numbers looked at, and what this commit claims.</summary>
internal sealed class EpochMarks(string agent, string epoch)
{
    private readonly EpochLedger _claims = new();
    private readonly EpochLedger _known = new();

    public string Agent => agent;

    public string Epoch => epoch;

    public int Id { get; set; }

    /// <summary>Where its last reading came from.</summary>
    public string? Site { get; set; }

    public long From { get; private set; } = long.MaxValue;

    public long To { get; private set; } = long.MinValue;

    public IReadOnlyList<LedgerRange> Claims => _claims.Ranges;

    public void Look(long from, long to) => (From, To) = (Math.Min(From, from), Math.Max(To, Math.Min(to, EpochLedger.Last)));

    public void Know(LedgerRange range) => _known.Mark(range.From, range.To, range.State);

    public bool IsStored(long seq) => _known[Math.Min(seq, EpochLedger.Last)] == LedgerState.Stored;

    /// <summary>False when the number already has this state or a higher one.</summary>
    public bool Mark(long seq, LedgerState state)
    {
        seq = Math.Min(seq, EpochLedger.Last);
        if (!_known.Mark(seq, state))
            return false;
        _claims.Mark(seq, state);
        return true;
    }

    public void Mark(long from, long to, LedgerState state)
    {
        (from, to) = (Math.Min(from, EpochLedger.Last), Math.Min(to, EpochLedger.Last));
        _known.Mark(from, to, state);
        _claims.Mark(from, to, state);
    }
}
