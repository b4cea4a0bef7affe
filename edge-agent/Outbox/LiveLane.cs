using System.Threading.Channels;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>
/// The newest groups, in memory, for whoever sends them first. Bounded: when it is full the oldest leave it, and the log
/// gives them out on the backlog lane. One thread offers; any thread takes.
/// </summary>
internal sealed class LiveLane
{
    public const int MaxGroups = 64;
    public const long MaxBytes = 8 << 20;

    private readonly Channel<OutboxGroup> _groups = Channel.CreateUnbounded<OutboxGroup>();
    private long _bytes;

    /// <summary>Puts a group at the end. Yields those that had to leave.</summary>
    public IEnumerable<OutboxGroup> Offer(OutboxGroup group)
    {
        List<OutboxGroup> left = [];
        Interlocked.Add(ref _bytes, group.Lines.Length);
        _groups.Writer.TryWrite(group);
        while ((_groups.Reader.Count > MaxGroups || Interlocked.Read(ref _bytes) > MaxBytes) && TryTake() is { } oldest)
            left.Add(oldest);
        return left;
    }

    public OutboxGroup? TryTake()
    {
        if (!_groups.Reader.TryRead(out var group))
            return null;
        Interlocked.Add(ref _bytes, -group.Lines.Length);
        return group;
    }

    /// <summary>Waits for a group.</summary>
    public async ValueTask<OutboxGroup> TakeAsync(CancellationToken token)
    {
        var group = await _groups.Reader.ReadAsync(token);
        Interlocked.Add(ref _bytes, -group.Lines.Length);
        return group;
    }

    /// <summary>Nobody will offer any more: waiting takers are told.</summary>
    public void Close() => _groups.Writer.TryComplete();
}
