using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Ingest;

/// <summary>
/// Keeps the historian inside its bounds: readings beyond the retention, and the oldest ones when the disk has less free
/// space than the floor. Works in chunks, one a call, so that ingest goes on between them. Called by the writing task.
/// </summary>
internal sealed class Housekeeping(IHistorian historian, CentralOptions options, CentralMetrics metrics, TimeProvider clock, ILogger<Housekeeping> log)
{
    /// <summary>Minute roll-ups stay this many times longer than readings.</summary>
    public const int MinuteRollUpFactor = 4;

    /// <summary>Hour roll-ups stay this many times longer than readings; day roll-ups stay.</summary>
    public const int HourRollUpFactor = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FloorStep = TimeSpan.FromHours(1);

    /// <summary>The disk floor never takes readings younger than this: when others fill the disk, history is not the price.</summary>
    private static readonly TimeSpan AlwaysKept = TimeSpan.FromDays(1);

    private long? _last;
    private bool _more;

    public async ValueTask RunAsync(CancellationToken cancel)
    {
        if (!_more && _last is { } last && clock.GetElapsedTime(last) < Interval)
            return;
        _last = clock.GetTimestamp();
        var size = await historian.ReadSizeAsync(cancel);
        _more = await RemoveByAgeAsync(cancel) | await RemoveByFloorAsync(size, cancel);
        metrics.Measured(_more ? await historian.ReadSizeAsync(cancel) : size);
    }

    private async ValueTask<bool> RemoveByAgeAsync(CancellationToken cancel)
    {
        if (options.Retention is not { } retention)
            return false;
        var now = Timestamp.Now(clock);
        var removed = await historian.RemoveReadingsAsync(now - retention, "retention", cancel);
        var rollUps = await historian.RemoveRollUpsAsync(now - (retention * MinuteRollUpFactor), now - (retention * HourRollUpFactor), cancel);
        if (removed > 0)
            log.Removed(removed, "readings", $"older than {retention.TotalDays:0.##} days");
        if (rollUps > 0)
            log.Removed(rollUps, "roll-ups", "beyond their own retention");
        metrics.Removed(removed, "retention");
        return removed > 0;
    }

    private async ValueTask<bool> RemoveByFloorAsync(HistorianSize size, CancellationToken cancel)
    {
        if (size.FreeDiskBytes >= options.DiskFloorBytes)
            return false;
        var oldest = await historian.ReadOldestAsync(cancel);
        if (oldest is not { } from || from + FloorStep > Timestamp.Now(clock) - AlwaysKept)
        {
            log.FloorNotReached(size.FreeDiskBytes, options.DiskFloorBytes);
            return false;
        }

        var removed = await historian.RemoveReadingsAsync(from + FloorStep, "disk-floor", cancel);
        log.Removed(removed, "readings", $"the disk has {size.FreeDiskBytes} bytes free, the floor is {options.DiskFloorBytes}");
        metrics.Removed(removed, "disk-floor");
        return removed > 0;
    }
}
