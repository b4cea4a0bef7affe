using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>The events by which the outbox tells what is missing. They concern the whole agent.</summary>
internal static class GapEvents
{
    // An event has at most 16 KiB; a range needs about 90 bytes of it.
    private const int RangesPerEvent = 60;
    private const int TotalsPerEvent = 30;

    // A sample is stamped when it arrives and reaches the outbox a little later; the last frame may be written in between.
    private static readonly TimeSpan OnTheWay = TimeSpan.FromSeconds(1);

    /// <summary>What a new run has to say about the runs before it.</summary>
    public static IEnumerable<Event> ForOpen(RecoveryReport report, string site, Timestamp now)
    {
        if (report.NewDamage.Count > 0)
        {
            var message = $"{report.NewDamage.Count} damaged stretches of the outbox were put into quarantine";
            foreach (var item in Numbered(GapCauses.OutboxDamaged, message, report.DamageFrom ?? report.LastLife ?? now, report.DamageTo ?? now, report.Missing, site, now))
                yield return item;
        }

        if (report.LastLife is not { } life)
            yield break;
        var (cause, text, from) = report.Clean
            ? (GapCauses.Stopped, "the agent was stopped and started again", life)
            : (GapCauses.UncleanStop, "the agent ended without closing its outbox: power cut, kill or crash", life - OnTheWay);
        IReadOnlyList<SeqRange> missing = report.NewDamage.Count > 0 ? [] : report.Missing;
        foreach (var item in Numbered(cause, text, from, now, missing, site, now))
            yield return item;
    }

    /// <summary>Records dropped for their age or to make room; what could never be read is told without numbers.</summary>
    public static IEnumerable<Event> ForOpenGap(OpenGap gap, string site, Timestamp now)
    {
        var message = gap.Cause == GapCauses.OutboxExpired
            ? "records waited in the outbox for longer than it may keep them"
            : "the outbox had no more room: trends were thinned, the oldest records dropped";
        var (from, to) = (gap.From ?? now, gap.To ?? now);
        var numbers = gap.Numbers.All().Chunk(RangesPerEvent).ToList();
        var totals = gap.Totals.Chunk(TotalsPerEvent).ToList();
        for (var i = 0; i < Math.Max(numbers.Count, totals.Count); i++)
        {
            var item = Make(gap.Cause, message, from, to, site, now);
            yield return item with
            {
                Gap = item.Gap! with { Numbers = i < numbers.Count ? numbers[i] : null, Thinned = i < totals.Count ? totals[i] : null },
            };
        }

        if (gap.Unread)
            yield return Make(gap.Cause, message + "; some of them could not be read", from, to, site, now);
    }

    public static IEnumerable<Event> ForDamage(IReadOnlyList<SeqRange> numbers, Timestamp from, Timestamp to, string site, Timestamp now) =>
        Numbered(GapCauses.OutboxDamaged, "records of the outbox were damaged on the medium", from, to, numbers, site, now);

    public static Event ForUnavailable(long samples, Timestamp from, Timestamp to, string site, Timestamp now) =>
        Make(GapCauses.OutboxUnavailable, "the outbox could not write and its memory was full", from, to, site, now) is var item
            ? item with { Gap = item.Gap! with { Samples = samples } }
            : item;

    private static IEnumerable<Event> Numbered(
        string cause, string message, Timestamp from, Timestamp to, IReadOnlyList<SeqRange> numbers, string site, Timestamp now)
    {
        if (numbers.Count == 0)
        {
            yield return Make(cause, message, from, to, site, now);
            yield break;
        }

        foreach (var part in numbers.Chunk(RangesPerEvent))
        {
            var item = Make(cause, message, from, to, site, now);
            yield return item with { Gap = item.Gap! with { Numbers = part } };
        }
    }

    private static Event Make(string cause, string message, Timestamp from, Timestamp to, string site, Timestamp now) => new()
    {
        Kind = EventKinds.Gap,
        Site = site,
        Ts = now,
        Message = message,
        // A clock that went back must not make a gap that ends before it begins.
        Gap = new Gap { From = from, To = to < from ? from : to, Cause = cause },
    };
}
