using System.Threading.Channels;
using Penstock.Contracts;
using Penstock.EdgeAgent.Normalising;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.EdgeAgent.Sources;

/// <summary>
/// Hands the records of one device to the outbox and learns what became of them. The hand-over waits only while the queue in
/// front of the disk is full; the source misses polls meanwhile and says so. A second task follows the acceptances in order:
/// records that could not be kept become a gap, so nothing is lost in silence; gaps that could not be kept are opened again.
/// </summary>
internal sealed class Intake(string site, string device, IOutbox outbox, DeviceAccount account, GapCollector gaps, TimeProvider clock, ILogger log)
{
    private const int MostInFlight = 256;
    private readonly Channel<Parcel> _inFlight = Channel.CreateBounded<Parcel>(MostInFlight);
    private bool _failing;

    /// <summary>Takes readings and events of one batch; never throws; <paramref name="accepted"/> is completed when all are kept.</summary>
    public async Task PutAsync(
        IReadOnlyList<Reading> readings, IReadOnlyList<Event> events, IReadOnlyList<DeviceGap> closed, TaskCompletionSource? accepted,
        CancellationToken token)
    {
        if (readings.Count == 0 && events.Count == 0 && closed.Count == 0)
        {
            accepted?.TrySetResult();
            return;
        }

        var now = Timestamp.Now(clock);
        IReadOnlyList<Event> all = closed.Count == 0 ? events : [.. events, .. closed.Select(gap => gap.ToEvent(site, device, now))];
        var parcel = new Parcel(readings, all.Count, closed, await AppendAsync(readings, all, token), accepted);
        try
        {
            await _inFlight.Writer.WriteAsync(parcel, token);
        }
        catch (OperationCanceledException e)
        {
            NotKept(parcel, e);
        }
    }

    /// <summary>Ends when <see cref="Complete"/> was called and every hand-over has its answer.</summary>
    public async Task FollowAsync()
    {
        await foreach (var parcel in _inFlight.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                await parcel.Acceptance;
                parcel.Accepted?.TrySetResult();
                _failing = false;
            }
            catch (Exception e)
            {
                NotKept(parcel, e);
            }
        }
    }

    /// <summary>Ends when everything handed over before has its answer, and what was not kept stands in a gap.</summary>
    public async Task SettleAsync()
    {
        var marker = new Parcel([], 0, [], Task.CompletedTask, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await _inFlight.Writer.WriteAsync(marker);
        await marker.Accepted!.Task;
    }

    public void Complete() => _inFlight.Writer.TryComplete();

    private async Task<Task> AppendAsync(IReadOnlyList<Reading> readings, IReadOnlyList<Event> events, CancellationToken token)
    {
        try
        {
            return await outbox.AppendAsync(readings, events, token);
        }
        catch (Exception e)
        {
            return Task.FromException(e is OperationCanceledException ? new OutboxException("the outbox took nothing more before the stop", e) : e);
        }
    }

    private void NotKept(Parcel parcel, Exception e)
    {
        foreach (var gap in parcel.Gaps)
            gaps.Add(gap);
        parcel.Accepted?.TrySetException(e);
        if (!_failing)
            log.RecordsNotKept(device, parcel.Readings.Count + parcel.Events, e.Message);
        _failing = true;
        if (parcel.Readings.Count == 0)
            return;
        var good = parcel.Readings.Count(reading => reading.Q == Quality.Good);
        // First the gap: whoever sees the count finds the gap that tells it.
        gaps.Add(new DeviceGap(
            GapCauses.OutboxUnavailable, parcel.Readings.Min(reading => reading.Ts), parcel.Readings.Max(reading => reading.Ts),
            parcel.Readings.Select(reading => reading.Tag).ToHashSet(), parcel.Readings.Count, e.Message));
        account.NotKept(good, parcel.Readings.Count - good);
    }

    private sealed record Parcel(IReadOnlyList<Reading> Readings, int Events, IReadOnlyList<DeviceGap> Gaps, Task Acceptance, TaskCompletionSource? Accepted);
}
