namespace Penstock.LoadGenerator;

/// <summary>Plays all agents of a plan at a rate, keeps the ledger, and sends heartbeats that say what still waits.</summary>
internal sealed class Sender(LoadPlan plan, TrafficOptions traffic, ITarget target, RunLedger ledger, TimeProvider clock, Action<string> say)
{
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Content _content = new(plan);
    private long _sent;
    private long _retries;

    /// <summary>Records sent, repeated ones among them.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    public long Retries => Interlocked.Read(ref _retries);

    /// <param name="stop">Begins no further batch; those on their way are finished, and the last heartbeat says how far it came.</param>
    public Task RunAsync(TimeSpan patience, bool live, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, plan.Agents).Select(agent => Task.Run(() => PlayAsync(agent, patience, live, stop), CancellationToken.None)));

    private async Task PlayAsync(int agent, TimeSpan patience, bool live, CancellationToken stop)
    {
        var beaten = clock.GetTimestamp();
        var known = 0L;
        var order = new Random(plan.Seed ^ agent);
        foreach (var stretch in Traffic.Of(plan.Records, traffic, plan.Seed + agent))
        {
            if (live)
                await DueAsync(stretch.To, stop);
            if (stop.IsCancellationRequested)
                break;
            await SendAsync(agent, stretch, order, patience);
            ledger.Acknowledged(agent, stretch.From, stretch.To);
            known = Math.Max(known, stretch.To);
            if (clock.GetElapsedTime(beaten) < BeatEvery)
                continue;
            beaten = clock.GetTimestamp();
            await BeatAsync(agent, known, OldestWaiting(known), patience);
        }

        await BeatAsync(agent, known, stop.IsCancellationRequested && traffic.Shuffle > 1 ? OldestWaiting(known) : null, patience);
    }

    // Shuffled traffic leaves holes below; the oldest that may still come stands one window back.
    private long OldestWaiting(long known) => Math.Max(1, known - ((traffic.Shuffle + 1L) * traffic.Batch * 2));

    private async Task DueAsync(long seq, CancellationToken stop)
    {
        var due = DateTimeOffset.UnixEpoch.AddTicks((plan.StartMicroseconds + (seq * plan.StepMicroseconds)) * 10) - clock.GetUtcNow();
        if (due > TimeSpan.Zero)
            await Task.Delay(due, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task SendAsync(int agent, Stretch stretch, Random order, TimeSpan patience)
    {
        var lines = new List<Line>((int)(stretch.To - stretch.From + 1));
        for (var seq = stretch.From; seq <= stretch.To; seq++)
        {
            var item = _content.Of(agent, seq);
            if (item.Kind is not ItemKind.Missing && !plan.IsPlantedLoss(agent, seq))
                lines.Add(new($"{LoadPlan.Site}/{item.Device}", item.Kind is ItemKind.Gap, _content.Line(agent, seq, item)));
        }

        if (traffic.Shuffle > 1)
            order.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(lines));
        if (lines.Count > 0)
            await InsistAsync(() => target.SendAsync(lines, CancellationToken.None), patience);
        Interlocked.Add(ref _sent, lines.Count);
    }

    private Task BeatAsync(int agent, long last, long? waiting, TimeSpan patience) => InsistAsync(
        () => target.HeartbeatAsync(plan.Agent(agent), _content.Heartbeat(agent, last, waiting, clock.GetUtcNow()), CancellationToken.None), patience);

    private async Task InsistAsync(Func<Task> send, TimeSpan patience)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await send();
                return;
            }
            catch (Exception e) when (e is HttpRequestException or NotTakenException or IOException or OperationCanceledException)
            {
                if (clock.GetElapsedTime(started) > patience)
                    throw;
                if (Interlocked.Increment(ref _retries) % 100 == 1)
                    say($"not taken, trying again: {e.Message}");
                await Task.Delay(Pause, clock);
            }
        }
    }
}
