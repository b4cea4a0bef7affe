using Penstock.EdgeAgent.Site;

namespace Penstock.EdgeAgent.Forwarding.Confirming;

/// <summary>
/// Whose word lets a record leave the outbox. <c>auto</c> takes the broker's until a centre was heard once, and the historian's
/// from then on. Waiting for a centre that is gone ends when the outbox is nearly full; the first confirmation begins it again.
/// Pure: it is told what happened and says what follows.
/// </summary>
internal sealed class DurabilityLevel(Confirm confirm, bool everHeard)
{
    /// <summary>The share of the outbox's cap at which waiting for a silent centre ends.</summary>
    public const double NearlyFull = 0.8;

    private bool _heard = everHeard;

    /// <summary>True after waiting ended because the outbox was nearly full.</summary>
    public bool GaveUp { get; private set; }

    public bool WaitsForHistorian => !GaveUp && (confirm == Confirm.Historian || (confirm == Confirm.Auto && _heard));

    public string InForce => WaitsForHistorian ? Durabilities.Historian : Durabilities.Broker;

    /// <summary>A confirmation for this agent came. True when that changes the level in force.</summary>
    public bool Heard()
    {
        var before = WaitsForHistorian;
        _heard = true;
        GaveUp = false;
        return WaitsForHistorian != before;
    }

    /// <summary>True when that changes the level in force.</summary>
    /// <param name="fill">Share of the cap in use.</param>
    /// <param name="silent">The oldest group has waited its full time and nothing was confirmed meanwhile.</param>
    public bool Look(double fill, bool silent)
    {
        if (!WaitsForHistorian || !silent || fill < NearlyFull)
            return false;
        GaveUp = true;
        return true;
    }
}
