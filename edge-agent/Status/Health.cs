using Penstock.Contracts;

namespace Penstock.EdgeAgent.Status;

/// <summary>
/// Healthy means that data moved lately, not that the process lives: some tag has a fresh value that is not bad, and the
/// outbox takes it. A link that is down is what the outbox is for, and no reason while it has room.
/// </summary>
internal static class Health
{
    private const double FullAt = 0.98;
    private static readonly TimeSpan StartGrace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(60);

    public static HealthView Of(AgentSnapshot look)
    {
        string[] reasons = [.. Outbox(look.Heartbeat), .. Values(look)];
        return new(reasons.Length == 0, reasons);
    }

    private static IEnumerable<string> Outbox(Heartbeat heartbeat)
    {
        var outbox = heartbeat.Outbox;
        if (outbox.Trouble is { } trouble)
            yield return $"outbox cannot keep records: {trouble}";
        if (!heartbeat.Link.Up && outbox.CapBytes > 0 && outbox.Bytes >= FullAt * outbox.CapBytes)
            yield return $"outbox is full and the link to {heartbeat.Link.To} is down: the oldest records are being dropped";
    }

    private static IEnumerable<string> Values(AgentSnapshot look)
    {
        var now = look.Heartbeat.Ts;
        if (look.Tags.Count == 0 || now - look.Heartbeat.Started < StartGrace || look.Tags.Any(tag => IsMoving(tag, now)))
            yield break;

        var newest = look.Tags.Where(tag => tag.Q != Quality.Bad).Max(tag => tag.Ts);
        yield return newest is { } ts
            ? $"no value moved for {Spans.Short(now - ts)}: no device gives a value that is not bad"
            : "no value since the start: no device gives a value that is not bad";
    }

    private static bool IsMoving(TagSnapshot tag, Timestamp now) =>
        tag.Q != Quality.Bad
        && tag.Ts is { } ts
        && (now - ts).TotalSeconds <= Math.Max(tag.StaleAfterSeconds ?? 0, FreshFor.TotalSeconds);
}
