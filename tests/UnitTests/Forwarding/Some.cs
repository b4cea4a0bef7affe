using System.Text;
using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.UnitTests.Forwarding;

/// <summary>Valid things to send.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static Timestamp At(double seconds) => Timestamp.From(Noon.AddSeconds(seconds));

    public static string Line(long seq, Timestamp ts) =>
        $$"""{"v":1,"site":"north","device":"meter-1","tag":"u","kind":"plc","ts":"{{ts}}","value":1,"q":"good","agent":"a1","epoch":"e1","seq":{{seq}}}""";

    public static OutboxGroup Group(long first, int count, Lane lane = Lane.Live, string epoch = "e1", double at = 0)
    {
        var lines = string.Concat(Enumerable.Range(0, count).Select(i => Line(first + i, At(at)) + "\n"));
        return new OutboxGroup("a1", epoch, first, count, At(at), At(at), lane, Encoding.UTF8.GetBytes(lines));
    }

    public static Heartbeat Heartbeat() => new()
    {
        Agent = "a1",
        Site = "north",
        Ts = At(0),
        Started = At(0),
        IntervalSeconds = 5,
        Version = "0",
        Epoch = "e1",
    };
}
