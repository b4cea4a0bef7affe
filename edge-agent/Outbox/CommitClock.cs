namespace Penstock.EdgeAgent.Outbox;

/// <summary>
/// When to commit. <c>ssd</c>: at once after a pause, else often enough that syncs take at most a fifth of the time, and
/// never later than 250 ms. <c>card</c>: 5 s after the oldest pending record. Either: at once when much is pending, an alive
/// mark when nothing was written for a while, a pause after a failure.
/// </summary>
internal sealed class CommitClock(OutboxOptions options, TimeProvider clock)
{
    /// <summary>More pending than this is written at once, also in card mode.</summary>
    public const long ManyBytes = 4 << 20;

    // One page of 4 KiB and now and then a little of the file system's own: 0.3 MB an hour on ext4.
    private static readonly TimeSpan AliveEvery = TimeSpan.FromSeconds(60);

    private long _last = clock.GetTimestamp();
    private TimeSpan _spacing;
    private TimeSpan _pause;

    private TimeSpan GroupFor => options.GroupFor ?? (options.Storage is StorageMode.Card ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(250));

    public void Committed(TimeSpan sync)
    {
        _last = clock.GetTimestamp();
        _pause = TimeSpan.Zero;
        _spacing = sync * 4 < GroupFor ? sync * 4 : GroupFor;
    }

    public void Failed(TimeSpan pause)
    {
        _last = clock.GetTimestamp();
        _pause = pause;
    }

    /// <summary>Time until the next commit; zero when it is due.</summary>
    public TimeSpan Wait(PendingRecords pending, bool trouble)
    {
        var sinceLast = clock.GetElapsedTime(_last);
        var wait = trouble ? _pause - sinceLast
            : pending.Since is not { } oldest ? AliveEvery - sinceLast
            : pending.Bytes >= ManyBytes ? TimeSpan.Zero
            : options.Storage is StorageMode.Card ? GroupFor - clock.GetElapsedTime(oldest)
            : pending.OpenIsFull || pending.Groups.Count > 0 ? TimeSpan.Zero
            : _spacing - sinceLast;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
