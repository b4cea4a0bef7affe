namespace Penstock.EdgeAgent.Forwarding;

/// <summary>Where a record rests that left the outbox, as the heartbeat names it.</summary>
internal static class Durabilities
{
    public const string Historian = "historian";
    public const string Broker = "broker";
}
