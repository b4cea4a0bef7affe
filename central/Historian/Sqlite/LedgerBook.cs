using Microsoft.Data.Sqlite;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>
/// The ledgers of all epochs: in memory for the test whether a record is already here, and in the table. Marks are
/// written by <see cref="Flush"/> in the transaction of the rows they belong to; after a failed one <see cref="Load"/>
/// takes the table's state again.
/// </summary>
internal sealed class LedgerBook(SqliteConnection connection)
{
    private readonly Dictionary<(string Agent, string Epoch), OpenEpoch> _epochs = [];
    private readonly HashSet<OpenEpoch> _touched = [];
    private OpenEpoch? _last;

    public void Load()
    {
        _epochs.Clear();
        _touched.Clear();
        _last = null;
        var ranges = connection.Rows(
            r => (Epoch: r.GetInt64(0), Range: new LedgerRange(r.GetInt64(1), r.GetInt64(2), (LedgerState)r.GetInt32(3))),
            "SELECT epoch, from_seq, to_seq, state FROM ledger ORDER BY epoch, from_seq").ToLookup(r => r.Epoch, r => r.Range);
        foreach (var (id, agent, epoch) in connection.Rows(r => (r.GetInt64(0), r.GetString(1), r.GetString(2)), "SELECT id, agent, epoch FROM epochs"))
            _epochs[(agent, epoch)] = new(id, agent, epoch, new(ranges[id]));
    }

    public OpenEpoch Open(string agent, string epoch, Timestamp now)
    {
        if (_last is { } last && last.Agent == agent && last.Epoch == epoch)
            return last;
        if (!_epochs.TryGetValue((agent, epoch), out var found))
        {
            var id = connection.Scalar<long>(
                "INSERT INTO epochs (agent, epoch, first_seen) VALUES ($agent, $epoch, $now) RETURNING id",
                ("$agent", agent), ("$epoch", epoch), ("$now", now.Microseconds));
            _epochs[(agent, epoch)] = found = new(id, agent, epoch, new());
        }

        return _last = found;
    }

    /// <summary>Marks one number; false when it already has this state or a higher one.</summary>
    public bool Mark(OpenEpoch epoch, long seq, LedgerState state)
    {
        seq = Math.Min(seq, EpochLedger.Last);
        if (!epoch.Ledger.Mark(seq, state))
            return false;
        Touch(epoch, seq, seq);
        return true;
    }

    public void Mark(OpenEpoch epoch, long from, long to, LedgerState state)
    {
        (from, to) = (Math.Min(from, EpochLedger.Last), Math.Min(to, EpochLedger.Last));
        epoch.Ledger.Mark(from, to, state);
        Touch(epoch, from, to);
    }

    public void Flush()
    {
        foreach (var epoch in _touched)
            Write(epoch);
        _touched.Clear();
    }

    private void Touch(OpenEpoch epoch, long from, long to)
    {
        epoch.TouchedFrom = Math.Min(epoch.TouchedFrom, from);
        epoch.TouchedTo = Math.Max(epoch.TouchedTo, to);
        _touched.Add(epoch);
    }

    // A mark can split a row, or join it with its neighbours: all ranges that touch the marked numbers are written anew.
    private void Write(OpenEpoch epoch)
    {
        var ranges = epoch.Ledger.Between(epoch.TouchedFrom - 1, epoch.TouchedTo + 1);
        connection.Run(
            "DELETE FROM ledger WHERE epoch = $epoch AND from_seq BETWEEN $from AND $to",
            ("$epoch", epoch.Id), ("$from", ranges[0].From), ("$to", ranges[^1].To));
        using var insert = new Statement(connection, "INSERT INTO ledger (epoch, from_seq, to_seq, state) VALUES (?, ?, ?, ?)");
        foreach (var range in ranges)
            insert.Bind(1, epoch.Id).Bind(2, range.From).Bind(3, range.To).Bind(4, (long)range.State).Run();
        epoch.TouchedFrom = long.MaxValue;
        epoch.TouchedTo = long.MinValue;
    }
}

internal sealed class OpenEpoch(long id, string agent, string epoch, EpochLedger ledger)
{
    public long Id { get; } = id;

    public string Agent { get; } = agent;

    public string Epoch { get; } = epoch;

    public EpochLedger Ledger { get; } = ledger;

    public long TouchedFrom { get; set; } = long.MaxValue;

    public long TouchedTo { get; set; } = long.MinValue;
}
