using Penstock.Central.Historian;
using Penstock.Central.Live;

namespace Penstock.Central.Ingest;

/// <summary>
/// The one writing task: takes what waits, commits the records of several requests in one transaction, answers them, tells
/// the live board; between commits it refreshes roll-ups and does the housekeeping that falls due.
/// </summary>
internal sealed class IngestWriter(
    IngestQueue queue, IHistorian historian, Housekeeping housekeeping, LiveBoard board, CentralMetrics metrics, TimeProvider clock, ILogger<IngestWriter> log)
    : BackgroundService
{
    private const int MaxRecordsPerCommit = 20_000;
    private const int RollUpsAtOnce = 500;
    private static readonly TimeSpan UpkeepBudget = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long upkeep = clock.GetTimestamp();
        while (await WaitAsync(stoppingToken))
        {
            await WriteWaitingAsync();
            if (clock.GetElapsedTime(upkeep) < IdleInterval)
                continue;
            await KeepUpAsync(stoppingToken);
            upkeep = clock.GetTimestamp();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Close();
        await base.StopAsync(cancellationToken);
        while (queue.Reader.TryRead(out var work))
            work.Fail(new HistorianException("the centre is stopping; send again later"));
    }

    /// <summary>True when there is work or the interval is over; false at the end.</summary>
    private async Task<bool> WaitAsync(CancellationToken stopping)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var timer = clock.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), idle, IdleInterval, Timeout.InfiniteTimeSpan);
        try
        {
            return await queue.Reader.WaitToReadAsync(idle.Token);
        }
        catch (OperationCanceledException)
        {
            return !stopping.IsCancellationRequested;
        }
    }

    private async Task WriteWaitingAsync()
    {
        List<RecordsWork> records = [];
        var count = 0;
        while (count < MaxRecordsPerCommit && queue.Reader.TryRead(out var work))
        {
            if (work is RecordsWork group)
            {
                records.Add(group);
                count += group.Group.Count;
            }
            else
            {
                await WriteOtherAsync(work);
            }
        }

        if (records.Count > 0)
            await CommitAsync(records);
    }

    private async Task CommitAsync(List<RecordsWork> works)
    {
        var started = clock.GetTimestamp();
        try
        {
            var outcome = await historian.CommitAsync([.. works.Select(w => w.Group)], [.. works.SelectMany(w => w.Read)], CancellationToken.None);
            for (var i = 0; i < works.Count; i++)
                works[i].Complete(outcome.Verdicts[i]);
            board.Show(outcome);
            metrics.Committed(outcome, clock.GetElapsedTime(started));
            foreach (var verdict in outcome.Verdicts.Where((v, i) => v.Refused.Count > 0 && !works[i].FromStream))
                log.Refused(verdict.Refused.Count, verdict.Refused[0].Agent ?? "unknown", verdict.Refused[0].Line, verdict.Refused[0].Reason);
        }
        catch (Exception e) when (works.Count > 1)
        {
            log.CommitSplit(works.Count, e.Message);
            foreach (var work in works)
                await CommitAsync([work]);
        }
        catch (Exception e)
        {
            metrics.CommitFailed(e.Message);
            if (!works[0].FromStream)
                log.CommitFailed(works[0].Group.Count, e.Message, e);
            works[0].Fail(e);
        }
    }

    private async Task WriteOtherAsync(IngestWork work)
    {
        try
        {
            if (work is TagsWork tags)
                board.Show(await historian.SaveTagsAsync(tags.Tags, CancellationToken.None));
            if (work is HeartbeatWork beat)
            {
                await historian.SaveHeartbeatAsync(beat.Heartbeat, beat.Json, CancellationToken.None);
                board.AgentSeen(beat.Heartbeat.Agent);
            }

            work.Complete(new());
        }
        catch (Exception e)
        {
            metrics.CommitFailed(e.Message);
            log.CommitFailed(1, e.Message, e);
            work.Fail(e);
        }
    }

    private async Task KeepUpAsync(CancellationToken stopping)
    {
        try
        {
            var started = clock.GetTimestamp();
            while (await historian.RefreshRollUpsAsync(RollUpsAtOnce, stopping) == RollUpsAtOnce && clock.GetElapsedTime(started) < UpkeepBudget)
            {
            }

            await housekeeping.RunAsync(stopping);
            metrics.Recovered();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            metrics.CommitFailed(e.Message);
            log.HousekeepingFailed(e.Message, e);
        }
    }
}
