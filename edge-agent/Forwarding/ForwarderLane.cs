using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Running;

namespace Penstock.EdgeAgent.Forwarding;

/// <summary>
/// One lane: takes groups, publishes them, acknowledges or returns them. One task; every group taken is acknowledged after an
/// answer that counts, and returned in every other case, also when the lane is stopped in the middle of a request.
/// </summary>
internal sealed class ForwarderLane(
    Lane lane, IOutbox outbox, IPublisher publisher, LinkMonitor link, BacklogPace pace, RefusedRecords refused,
    AgentCounters counters, TimeProvider clock, ILogger log)
{
    private const int LiveRecords = 5000;

    private readonly GroupTaker _taker = new(lane == Lane.Live ? outbox.TakeLiveAsync : outbox.TakeBacklogAsync);
    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), Random.Shared);

    public async Task RunAsync(CancellationToken token)
    {
        try
        {
            while (true)
            {
                if (await StepAsync(token) is { } wait)
                    await WaitAsync(wait, token);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            if (await _taker.LeftOverAsync() is { } group)
                outbox.Return(group);
        }
    }

    /// <summary>Null after a delivery, else the wait before the next attempt.</summary>
    private async Task<TimeSpan?> StepAsync(CancellationToken token)
    {
        IReadOnlyList<OutboxGroup> groups = [];
        try
        {
            if (lane == Lane.Backlog && pace.Pause is { Ticks: > 0 } pause)
                await Task.Delay(pause, clock, token);
            groups = await _taker.NextAsync(lane == Lane.Live ? LiveRecords : pace.Records, token);
            await DeliverAsync(groups, token);
            return null;
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            Return(groups);
            throw;
        }
        catch (LinkException e)
        {
            Return(groups);
            Failed(e.Message);
            var wait = _backoff.Next();
            return e.RetryAfter is { } asked && asked > wait ? TimeSpan.FromSeconds(Math.Min(5, asked.TotalSeconds)) : wait;
        }
        catch (Exception e)
        {
            Return(groups);
            log.LaneFailed(e, lane.ToString().ToLowerInvariant(), groups.Count);
            Failed(e.Message);
            return _backoff.Next();
        }
    }

    private async Task DeliverAsync(IReadOnlyList<OutboxGroup> groups, CancellationToken token)
    {
        var started = clock.GetTimestamp();
        counters.Requests.Add(1);
        var verdict = await publisher.PublishAsync(groups, token);
        Settle(groups, verdict, clock.GetElapsedTime(started));
    }

    private void Settle(IReadOnlyList<OutboxGroup> groups, PublishVerdict verdict, TimeSpan took)
    {
        var records = groups.Sum(group => group.Count);
        refused.Keep(verdict.Refused, groups, publisher.To);
        foreach (var group in groups)
            outbox.Acknowledge(group);
        counters.RecordsDelivered.Add(records - verdict.Refused.Count);
        _backoff.Reset();
        if (lane == Lane.Live)
        {
            pace.LiveTook(took);
            link.DeliveredLive(groups[^1].MaxTs);
        }
        else
        {
            pace.BacklogTook(took);
            link.DeliveredBacklog(records);
        }

        log.Delivered(lane.ToString(), groups.Count, records, (long)took.TotalMilliseconds);
    }

    private void Failed(string why)
    {
        counters.RequestsFailed.Add(1);
        if (lane == Lane.Live)
            link.FailedLive(why);
        else
            link.FailedBacklog(why);
    }

    private void Return(IReadOnlyList<OutboxGroup> groups)
    {
        foreach (var group in groups)
            outbox.Return(group);
    }

    /// <summary>The back-off ends early when the other lane finds the link up.</summary>
    private async Task WaitAsync(TimeSpan wait, CancellationToken token)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(token);
        var up = link.WhenUpAsync();
        var delay = Task.Delay(wait, clock, ended.Token);
        await (up.IsCompleted ? delay : Task.WhenAny(delay, up));
        await ended.CancelAsync();
        token.ThrowIfCancellationRequested();
    }
}
