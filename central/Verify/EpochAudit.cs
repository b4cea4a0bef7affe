using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Verify;

/// <summary>The account of one epoch: made from what is said of it, fed with its rows, then closed.</summary>
internal sealed class EpochAudit
{
    private const int MostNamed = 20;

    private readonly EpochHolding _holding;
    private readonly HoleJudge _judge;
    private readonly IReadOnlyList<(long From, long To)> _holes;
    private readonly EpochLedger _named = new();
    private readonly List<Finding> _findings = [];

    public EpochAudit(EpochHolding holding, Heartbeat? word, IReadOnlyList<GapWord> gaps, Timestamp settled)
    {
        _holding = holding;
        _judge = new(holding, word, gaps, settled);
        _holes = _judge.Holes();
        Rows = new(holding, _holes);
        foreach (var range in gaps.Where(gap => gap.Agent == holding.Agent).SelectMany(gap => gap.Numbers).Where(range => range.Epoch == holding.Epoch))
            _named.Mark(range.From, range.To, LedgerState.Dropped);
    }

    public EpochRows Rows { get; }

    /// <summary>Rows that should pass by, as far as the ledger says.</summary>
    public long Expected => Sum(LedgerState.Stored) - _holding.Removed;

    public EpochVerdict Close()
    {
        var holes = _holes.Select(hole => (Hole: hole, Judged: Judge(hole))).ToLookup(hole => hole.Judged, hole => hole.Hole.To - hole.Hole.From + 1);
        var absent = Sum(LedgerState.Stored) - Rows.InLedger;
        var lost = Math.Max(0, absent - _holding.Removed);
        var returned = Math.Max(0, _holding.Removed - absent);
        var unnamed = Unnamed();
        NameLost(lost);
        if (returned > 0)
            Name("unexplained", 0, 0, $"retention removed {_holding.Removed} rows, yet {returned} of them are there");
        return new EpochVerdict(_holding.Agent, _holding.Epoch)
        {
            Numbered = _judge.Numbered,
            Stored = Rows.Stored,
            Dead = Sum(LedgerState.Dead),
            Dropped = Sum(LedgerState.Dropped) - unnamed,
            Removed = _holding.Removed,
            Waiting = holes[HoleVerdict.Waiting].Sum(),
            NeverAccepted = holes[HoleVerdict.NeverAccepted].Sum(),
            Lost = lost + holes[HoleVerdict.Lost].Sum(),
            Double = Rows.Double,
            Unexplained = holes[HoleVerdict.Unexplained].Sum() + unnamed + returned + Rows.Unledgered,
            Findings = [.. _findings, .. Rows.Findings],
        };
    }

    private HoleVerdict Judge((long From, long To) hole)
    {
        var (before, after) = Rows.Around(hole);
        var (verdict, why) = _judge.Judge(hole, before, after);
        if (verdict is HoleVerdict.Lost or HoleVerdict.Unexplained)
            Name(verdict is HoleVerdict.Lost ? "lost" : "unexplained", hole.From, hole.To, why);
        return verdict;
    }

    /// <summary>Numbers the ledger calls dropped although no gap names them.</summary>
    private long Unnamed()
    {
        var count = 0L;
        foreach (var range in _holding.Ledger.Where(range => range.State is LedgerState.Dropped))
        {
            var rest = new EpochLedger(_named.Between(range.From, range.To).Select(named => named with { From = Math.Max(named.From, range.From), To = Math.Min(named.To, range.To) }));
            var missing = range.To - range.From + 1 - rest.Ranges.Sum(named => named.To - named.From + 1);
            if (missing > 0)
                Name("unexplained", range.From, range.To, "the ledger calls them dropped, no gap names them");
            count += missing;
        }

        return count;
    }

    /// <summary>With removals in the epoch nobody can say which of the absent rows were removed; the others are found by looking.</summary>
    private void NameLost(long lost)
    {
        if (lost == 0)
            return;
        const string Why = "the ledger calls it stored, there is no row";
        if (_holding.Removed > 0)
            Name("lost", 0, 0, $"{lost} more rows are absent than retention removed");
        else
            NameAbsent(Why);
    }

    private void NameAbsent(string why)
    {
        foreach (var range in _holding.Ledger.Where(range => range.State is LedgerState.Stored))
        {
            if (Rows.CountBetween(range.From, range.To) == range.To - range.From + 1)
                continue;
            for (var number = range.From; number <= range.To && _findings.Count < MostNamed; number++)
            {
                if (!Rows.Has(number))
                    Name("lost", number, number, why);
            }
        }
    }

    private void Name(string what, long from, long to, string why)
    {
        if (_findings.Count < MostNamed)
            _findings.Add(new(what, from, to, why));
    }

    private long Sum(LedgerState state) => _holding.Ledger.Where(range => range.State == state).Sum(range => range.To - range.From + 1);
}
