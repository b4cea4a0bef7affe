using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Running;

namespace Penstock.EdgeAgent.Forwarding;

/// <summary>
/// Outbox to far end on two lanes: live data at once, the backlog beside it as fast as live data allows.
/// Two tasks, one a lane; they share publisher, link state and pace.
/// </summary>
internal sealed class Forwarder(
    IOutbox outbox, IPublisher publisher, LinkMonitor link, RefusedRecords refused, AgentCounters counters, TimeProvider clock, ILogger log)
{
    private readonly BacklogPace _pace = new();

    public Task RunAsync(CancellationToken token) => Task.WhenAll(RunAsync(Lane.Live, token), RunAsync(Lane.Backlog, token));

    /// <summary>Waits until nothing is left to send, the link is down, or the time is over.</summary>
    public async Task DrainAsync(TimeSpan most)
    {
        var started = clock.GetTimestamp();
        while (link.Look().Up && outbox.Status.State.Records > 0 && clock.GetElapsedTime(started) < most)
            await Task.Delay(TimeSpan.FromMilliseconds(20), clock);
    }

    private Task RunAsync(Lane lane, CancellationToken token) =>
        new ForwarderLane(lane, outbox, publisher, link, _pace, refused, counters, clock, log).RunAsync(token);
}
