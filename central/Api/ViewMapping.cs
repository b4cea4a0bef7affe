using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Api;

/// <summary>From the historian's rows to the shapes of the API.</summary>
internal static class ViewMapping
{
    public static ClockState? View(this ClockState clock) => clock == ClockState.Synchronised ? null : clock;

    public static LatestView View(this LatestRow r) =>
        new(r.Ts, r.Value, r.Text, r.Q, r.Why, r.Clock.View(), r.Late, r.Agent, r.Epoch, r.Seq);

    public static TagView View(this TagRow r) => new(r.Key.ToString(), r.Latest?.View(), r.Info);

    public static RawPointView View(this RawPoint p) =>
        new(p.Ts, p.Value, p.Text, p.Q, p.Why, p.Clock.View(), p.Agent, p.Epoch, p.Seq, p.Committed);

    public static BucketView View(this Bucket b) => b.RollUp is { Count: > 0 } r
        ? new(b.Start, r.Min, r.Max, r.Mean, r.Last, r.Count, r.Worst)
        : new(b.Start, null, null, null, null, 0, b.RollUp.Worst);

    public static GapView View(this GapRow g) =>
        new(g.Site, g.Device, g.Tags, g.From, g.To, g.Cause, g.Message, g.Numbers, g.Samples, g.Agent, g.Epoch, g.Seq, g.Ts);

    public static TagVersionView View(this TagVersion v) => new(v.Key.ToString(), v.Version, v.Type, v.Unit, v.Since);

    public static RefusedView View(this RefusedLine r) => new(r.Line, r.Agent, r.Epoch, r.Seq, r.Reason);

    public static AgentView View(this AgentRow r, Timestamp now) => new(
        r.Agent, r.Site, IsSilent(r, now) ? "silent" : "online", r.LastSeen, r.Heartbeat,
        [.. r.Ledger.Select(l => new LedgerView(
            l.Epoch, l.Stored, l.Dead, l.Dropped, l.Last, [.. l.Missing.Select(m => (IReadOnlyList<long>)[m.From, m.To])]))]);

    /// <summary>Three missed heartbeats, or 30 s without anything from an agent that never sent one.</summary>
    public static bool IsSilent(AgentRow agent, Timestamp now)
    {
        var interval = agent.Heartbeat is { } beat && beat.TryGetProperty("interval_seconds", out var seconds) ? seconds.GetDouble() : 10;
        return now - agent.LastSeen > TimeSpan.FromSeconds(Math.Clamp(interval, 0.1, 3600) * 3);
    }
}
