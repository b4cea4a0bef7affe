using System.Threading.Channels;
using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Ingest;

/// <summary>What the writing task is asked to do; answered when it is durable.</summary>
internal abstract record IngestWork
{
    private readonly TaskCompletionSource<GroupVerdict> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Fails with <see cref="HistorianException"/> when it could not be made durable.</summary>
    public Task<GroupVerdict> Done => _done.Task;

    public void Complete(GroupVerdict verdict) => _done.TrySetResult(verdict);

    public void Fail(Exception reason) => _done.TrySetException(reason);
}

internal sealed record RecordsWork(RecordGroup Group) : IngestWork
{
    /// <summary>How far the stream is read with this group; becomes durable with it.</summary>
    public IReadOnlyList<StreamPosition> Read { get; init; } = [];

    /// <summary>From Kafka: what fails is told by the stream, which tries again by itself.</summary>
    public bool FromStream { get; init; }
}

internal sealed record TagsWork(IReadOnlyList<TagInfo> Tags) : IngestWork;

internal sealed record HeartbeatWork(Heartbeat Heartbeat, ReadOnlyMemory<byte> Json) : IngestWork;

/// <summary>The one way to the writing task: bounded; when full, the sender is told to come back.</summary>
internal sealed class IngestQueue
{
    public const int Capacity = 256;

    private readonly Channel<IngestWork> _channel = Channel.CreateBounded<IngestWork>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    public int Count => _channel.Reader.Count;

    public ChannelReader<IngestWork> Reader => _channel.Reader;

    /// <exception cref="BodyException">The queue is full or the centre is stopping.</exception>
    public Task<GroupVerdict> Offer(IngestWork work) =>
        _channel.Writer.TryWrite(work)
            ? work.Done
            : throw BodyException.Busy($"{Capacity} requests wait for the historian already, or the centre is stopping; send again later.");

    /// <summary>Waits for room instead of sending the sender away: for one that can hold back.</summary>
    /// <exception cref="HistorianException">The centre is stopping, or the work could not be made durable.</exception>
    public async Task<GroupVerdict> WaitAndOfferAsync(IngestWork work, CancellationToken cancel)
    {
        try
        {
            await _channel.Writer.WriteAsync(work, cancel);
        }
        catch (ChannelClosedException)
        {
            throw new HistorianException("the centre is stopping");
        }

        return await work.Done.WaitAsync(cancel);
    }

    public void Close() => _channel.Writer.TryComplete();
}
