using Penstock.Central.Historian;

namespace Penstock.Central.Verify;

/// <summary>The rows of one epoch while they pass by: which numbers there are, which twice, and when the neighbours of a hole were sampled.</summary>
internal sealed class EpochRows
{
    private const int MostNamed = 20;

    private readonly EpochLedger _ledger;
    private readonly NumberSet _seen = new();
    private readonly Dictionary<long, StoredRow?> _neighbours;

    public EpochRows(EpochHolding holding, IReadOnlyList<(long From, long To)> holes)
    {
        _ledger = new(holding.Ledger);
        _neighbours = holes.SelectMany(hole => new[] { hole.From - 1, hole.To + 1 }).Distinct().ToDictionary(number => number, _ => (StoredRow?)null);
    }

    public long Stored => _seen.Count;

    /// <summary>Numbers with a row that the ledger calls stored.</summary>
    public long InLedger { get; private set; }

    public long Double { get; private set; }

    public long Unledgered { get; private set; }

    public List<Finding> Findings { get; } = [];

    public void Add(in StoredRow row)
    {
        if (!_seen.Add(row.Seq))
        {
            Double++;
            Name("double", row.Seq, "more than one row has this number");
            return;
        }

        if (_ledger[row.Seq] is LedgerState.Stored)
        {
            InLedger++;
        }
        else
        {
            Unledgered++;
            Name("unexplained", row.Seq, "there is a row, but the ledger does not call the number stored");
        }

        if (_neighbours.ContainsKey(row.Seq))
            _neighbours[row.Seq] = row;
    }

    public bool Has(long number) => _seen.Contains(number);

    public long CountBetween(long from, long to) => _seen.CountBetween(from, to);

    /// <summary>The rows beside a hole; null where there is none.</summary>
    public (StoredRow? Before, StoredRow? After) Around((long From, long To) hole) =>
        (_neighbours.GetValueOrDefault(hole.From - 1), _neighbours.GetValueOrDefault(hole.To + 1));

    private void Name(string what, long number, string why)
    {
        if (Findings.Count < MostNamed)
            Findings.Add(new(what, number, number, why));
    }
}
