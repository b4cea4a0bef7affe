using Confluent.Kafka;
using Penstock.Central.Historian;

namespace Penstock.Central.Kafka;

/// <summary>
/// Keeps the stream flowing: looks at the cluster, reads until something is wrong, begins anew. Waits for a cluster or a
/// topic that is not there yet, and says so; what a person has to repair is logged once.
/// </summary>
internal sealed class KafkaIngest(
    KafkaOptions options,
    CentralOptions central,
    IHistorian historian,
    BatchCommitter committer,
    StreamOutlet outlet,
    KafkaStatus status,
    KafkaMetrics metrics,
    TimeProvider clock,
    ILogger<KafkaIngest> log) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);
    private readonly StreamMemory _memory = new(Path.Combine(central.DataFolder, "kafka-streams.json"));
    private readonly MemberName _member = new(central.DataFolder, clock);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the host's start does not wait for the cluster
        using var eye = new ClusterEye(options);
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var map = await ConnectAsync(eye, stoppingToken);
                pause = FirstPause;
                await ReadAsync(eye, map, stoppingToken);
                metrics.Restarted();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LeaveNameIfTaken(e);
                Tell(e.Message);
                await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    // Machines of one image can have the same name. They would put each other out for ever.
    private void LeaveNameIfTaken(Exception e)
    {
        if (_member.Value is { } name && e is KafkaException { Error: var error } && (error.IsFatal || error.Code == ErrorCode.FencedInstanceId) && _member.Fenced())
            log.MemberNameTaken(name, options.Group, error.Reason);
    }

    private async Task<StreamMap> ConnectAsync(ClusterEye eye, CancellationToken cancel)
    {
        var view = await LookAsync(eye, cancel);
        status.Cluster = view.Id;
        foreach (var anew in _memory.Remember(view.Map))
            log.MadeAnew(anew);
        if (status.BrokerRecovered())
            log.StreamConnected(options.Brokers, view.Id, options.Group);
        return view.Map;
    }

    /// <exception cref="ClusterException">The cluster does not answer, or a topic is missing.</exception>
    private async Task<ClusterView> LookAsync(ClusterEye eye, CancellationToken cancel)
    {
        var view = await eye.LookAsync(cancel);
        if (view.Missing.ToList() is { Count: > 0 } missing)
            throw new ClusterException($"the cluster at {options.Brokers} has no topic {string.Join(", ", missing)}; make it with  penstock-central topics apply --kafka {options.Brokers}");
        return view;
    }

    private async Task ReadAsync(ClusterEye eye, StreamMap map, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var handover = new Handover();
        var reader = new StreamReader(options, _member.Value, map, historian, handover, status, metrics, clock, log);
        Task[] parts =
        [
            Task.Factory.StartNew(() => reader.Run(end.Token), end.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            CommitAsync(handover, reader, end.Token),
            WatchAsync(eye, map, end.Token),
        ];
        try
        {
            await await Task.WhenAny(parts);
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CommitAsync(Handover handover, StreamReader reader, CancellationToken cancel)
    {
        await foreach (var batch in handover.TakeAsync(cancel))
        {
            var refused = await committer.CommitAsync(batch, cancel);
            foreach (var confirmation in Confirmations.Of(batch.Group, refused, Contracts.Timestamp.Now(clock)))
                outlet.Confirm(confirmation);
            foreach (var line in refused)
                outlet.DeadLetter(line, batch.Origins[line.Line]);
            if (refused.Count > 0)
                log.MessagesRefused(refused.Count, batch.Origins[refused[0].Line].ToString(), refused[0].Reason);
            reader.Committed(batch);
            handover.Done();
        }
    }

    /// <summary>Ends when what stands behind the names is not what is being read.</summary>
    private async Task WatchAsync(ClusterEye eye, StreamMap map, CancellationToken cancel)
    {
        while (true)
        {
            await Task.Delay(LookInterval, clock, cancel);
            try
            {
                var view = await LookAsync(eye, cancel);
                if (view.Id != map.Cluster || view.Map.ChangedSince(map).Any())
                    return;
                if (status.BrokerRecovered())
                    log.StreamConnected(options.Brokers, view.Id, options.Group);
            }
            catch (ClusterException e)
            {
                Tell(e.Message);
            }
        }
    }

    private void Tell(string reason)
    {
        if (status.BrokerFailed(reason))
            log.BrokerTrouble(reason);
    }
}
