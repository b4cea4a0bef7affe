using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Verify;

/// <summary>What may be said of numbers that the ledger does not know.</summary>
internal enum HoleVerdict
{
    Waiting,
    NeverAccepted,
    Lost,
    Unexplained,
}

/// <summary>
/// Judges numbers that were given and of which the historian knows nothing: by what the agent's newest heartbeat says of
/// them, by the gap of an unclean stop, and by how long ago the records beside them were committed. Pure.
/// </summary>
internal sealed class HoleJudge(EpochHolding epoch, Heartbeat? word, IReadOnlyList<GapWord> gaps, Timestamp settled)
{
    private readonly EpochState? _state = word?.Epochs.FirstOrDefault(state => state.Epoch == epoch.Epoch);

    /// <summary>The highest number known to be given.</summary>
    public long Numbered => Math.Max(epoch.Ledger.Count == 0 ? 0 : epoch.Ledger[^1].To, _state?.Last ?? 0);

    /// <summary>Numbers up to the highest of which the ledger knows nothing, split where the agent's word changes.</summary>
    public IReadOnlyList<(long From, long To)> Holes()
    {
        var holes = EpochLedger.Missing(epoch.Ledger, int.MaxValue).ToList();
        var last = epoch.Ledger.Count == 0 ? 0 : epoch.Ledger[^1].To;
        if (Numbered > last)
            holes.Add((last + 1, Numbered));
        return [.. holes.SelectMany(Split)];
    }

    public (HoleVerdict Verdict, string Why) Judge((long From, long To) hole, StoredRow? before, StoredRow? after)
    {
        if (_state?.Waiting is { } waiting && hole.From >= waiting)
            return (HoleVerdict.Waiting, "the agent still has them");
        if (word?.Epoch == epoch.Epoch && hole.From > _state?.Last)
            return (HoleVerdict.Waiting, "given after the newest heartbeat");
        if (IsFresh(before, after))
            return (HoleVerdict.Waiting, "what stands beside them has only just arrived");
        if (word?.Epoch != epoch.Epoch && gaps.Any(gap => Covers(gap, before, after)))
            return (HoleVerdict.NeverAccepted, "covered by the gap of an unclean stop");
        if (word is null)
            return (HoleVerdict.Unexplained, "no heartbeat of the agent is known, no gap explains them");
        return word.Link.Durability == "historian"
            ? (HoleVerdict.Lost, "the agent is done with them, the historian never had them")
            : (HoleVerdict.Unexplained, "the broker acknowledged them, the historian does not have them");
    }

    private IEnumerable<(long From, long To)> Split((long From, long To) hole)
    {
        long[] cuts = [.. new[] { _state?.Waiting, _state?.Last + 1 }.OfType<long>().Where(cut => cut > hole.From && cut <= hole.To).Distinct().Order()];
        var from = hole.From;
        foreach (var cut in cuts)
        {
            yield return (from, cut - 1);
            from = cut;
        }

        yield return (from, hole.To);
    }

    private bool IsFresh(StoredRow? before, StoredRow? after) =>
        before is null && after is null ? word?.Ts > settled : before?.Committed > settled || after?.Committed > settled;

    private bool Covers(GapWord gap, StoredRow? before, StoredRow? after) =>
        gap.Cause == GapCauses.UncleanStop && gap.Agent == epoch.Agent
        && (after is not { } next || gap.From <= next.Ts)
        && (before is not { } last || gap.To >= last.Ts);
}
