using System.Globalization;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Running;

/// <summary>The event that tells how far stamps are away from the clock trusted now; the outbox puts in whose.</summary>
internal static class ClockOffsets
{
    public static Event Event(string site, TimeSpan offset, Timestamp now, ClockState clock) => new()
    {
        Kind = EventKinds.ClockOffset,
        Site = site,
        Ts = now,
        Message = string.Create(CultureInfo.InvariantCulture, $"the clock was set by {offset.TotalSeconds:+0.###;-0.###} s: so much has to be added to the stamps of these numbers"),
        Offset = new ClockOffset { Seconds = Math.Round(offset.TotalSeconds, 6) },
        Clock = clock,
    };
}
