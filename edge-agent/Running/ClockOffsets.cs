using System.Globalization;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Running;

/// <summary>What is told of a clock that was set; the outbox puts in the numbers.</summary>
internal static class ClockOffsets
{
    /// <summary>The clock was set: all numbers of this run are that much further away from it.</summary>
    public static ClockOffset OfAll(TimeSpan offset) => new() { Seconds = Seconds(offset), Numbers = [] };

    /// <summary>Stamps do not follow the clock: the numbers given since the last word are that much away from it.</summary>
    public static ClockOffset OfLatest(TimeSpan offset) => new() { Seconds = Seconds(offset) };

    public static Event Event(string site, ClockOffset offset, Timestamp now, ClockState clock) => new()
    {
        Kind = EventKinds.ClockOffset,
        Site = site,
        Ts = now,
        Message = string.Create(CultureInfo.InvariantCulture, $"{Cause(offset)}: {offset.Seconds:+0.###;-0.###} s have to be added to the stamps of these numbers"),
        Offset = offset,
        Clock = clock,
    };

    private static string Cause(ClockOffset offset) => offset.Numbers is null ? "stamps did not follow when the clock was set back" : "the clock was set";

    private static double Seconds(TimeSpan offset) => Math.Round(offset.TotalSeconds, 6);
}
