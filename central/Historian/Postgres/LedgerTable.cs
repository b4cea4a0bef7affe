using Npgsql;

namespace Penstock.Central.Historian.Postgres;

/// <summary>
/// The ledger: what a commit finds out about numbers is inserted as claims, and merged into the coalesced ranges later by one
/// centre at a time, so that N centres never queue on one row. The truth is both together, read in one statement; the order of
/// claims does not matter, because a state only rises.
/// </summary>
internal sealed class LedgerTable(NpgsqlConnection connection)
{
    private const int ClaimsAtOnce = 20_000;

    /// <summary>Tells the epochs what is known of the numbers they look at.</summary>
    public async Task ReadAsync(IReadOnlyCollection<EpochMarks> epochs, CancellationToken cancel)
    {
        if (epochs.Count == 0)
            return;
        var byId = epochs.ToDictionary(e => e.Id);
        foreach (var (epoch, range) in await TouchingAsync([.. epochs.Select(e => (e.Id, e.From, e.To))], cancel))
            byId[epoch].Know(range);
    }

    public static void Claim(NpgsqlBatch batch, IReadOnlyCollection<EpochMarks> epochs)
    {
        var claims = epochs.SelectMany(e => e.Claims.Select(c => (e.Id, Range: c))).ToList();
        if (claims.Count == 0)
            return;
        batch.Add(
            "INSERT INTO claims (epoch, from_seq, to_seq, state) SELECT * FROM unnest($1, $2, $3, $4)",
            claims.Select(c => c.Id).ToArray(), claims.Select(c => c.Range.From).ToArray(), claims.Select(c => c.Range.To).ToArray(),
            claims.Select(c => (short)c.Range.State).ToArray());
    }

    /// <summary>Merges waiting claims into the ranges, unless another centre is at it.</summary>
    public async Task MergeAsync(CancellationToken cancel)
    {
        if (!await connection.ScalarAsync<bool>("SELECT pg_try_advisory_xact_lock($1)", cancel, AdvisoryLock.Ledger))
            return;
        var claims = await connection.RowsAsync(
            Map, "DELETE FROM claims WHERE id IN (SELECT id FROM claims ORDER BY id LIMIT $1) RETURNING epoch, from_seq, to_seq, state", cancel, ClaimsAtOnce);
        foreach (var epoch in claims.GroupBy(c => c.Epoch, c => c.Range))
            await MergeAsync(epoch.Key, [.. epoch], cancel);
    }

    /// <summary>Per epoch the ranges of ledger and claims together.</summary>
    public static async Task<Dictionary<int, EpochLedger>> ReadAllAsync(NpgsqlConnection connection, int[] epochs, CancellationToken cancel)
    {
        Dictionary<int, EpochLedger> all = [];
        foreach (var (epoch, range) in await connection.RowsAsync(
            Map,
            """
            SELECT epoch, from_seq, to_seq, state FROM ledger WHERE epoch = ANY($1)
            UNION ALL SELECT epoch, from_seq, to_seq, state FROM claims WHERE epoch = ANY($1) ORDER BY epoch, from_seq
            """,
            cancel, (object)epochs))
        {
            if (!all.TryGetValue(epoch, out var ledger))
                all[epoch] = ledger = new();
            ledger.Mark(range.From, range.To, range.State);
        }

        return all;
    }

    // A mark can split a row, or join it with its neighbours: all ranges that touch the marked numbers are written anew.
    private async Task MergeAsync(int epoch, IReadOnlyList<LedgerRange> claims, CancellationToken cancel)
    {
        var (from, to) = (claims.Min(c => c.From) - 1, claims.Max(c => c.To) + 1);
        var old = await connection.RowsAsync(
            Map, "DELETE FROM ledger WHERE epoch = $1 AND from_seq <= $3 AND to_seq >= $2 RETURNING epoch, from_seq, to_seq, state", cancel, epoch, from, to);
        var ledger = new EpochLedger(old.Select(r => r.Range).OrderBy(r => r.From));
        foreach (var claim in claims)
            ledger.Mark(claim.From, claim.To, claim.State);
        await connection.RunAsync(
            "INSERT INTO ledger (epoch, from_seq, to_seq, state) SELECT $1, * FROM unnest($2, $3, $4)", cancel, epoch,
            ledger.Ranges.Select(r => r.From).ToArray(), ledger.Ranges.Select(r => r.To).ToArray(), ledger.Ranges.Select(r => (short)r.State).ToArray());
    }

    private async Task<List<(int Epoch, LedgerRange Range)>> TouchingAsync(List<(int Epoch, long From, long To)> asked, CancellationToken cancel) =>
        await connection.RowsAsync(
            Map,
            """
            WITH asked AS (SELECT * FROM unnest($1, $2, $3) a(epoch, low, high))
            SELECT l.epoch, l.from_seq, l.to_seq, l.state FROM asked a JOIN ledger l ON l.epoch = a.epoch AND l.from_seq <= a.high AND l.to_seq >= a.low
            UNION ALL
            SELECT c.epoch, c.from_seq, c.to_seq, c.state FROM asked a JOIN claims c ON c.epoch = a.epoch AND c.from_seq <= a.high AND c.to_seq >= a.low
            """,
            cancel, asked.Select(a => a.Epoch).ToArray(), asked.Select(a => a.From).ToArray(), asked.Select(a => a.To).ToArray());

    private static (int Epoch, LedgerRange Range) Map(NpgsqlDataReader r) =>
        (r.GetInt32(0), new(r.GetInt64(1), r.GetInt64(2), (LedgerState)r.GetInt16(3)));
}
