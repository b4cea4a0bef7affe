using System.Threading.Channels;
using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.UnitTests.Running;

/// <summary>An outbox without a disk: keeps what it is given, or fails when told to.</summary>
internal sealed class MemoryOutbox : IOutbox
{
    private readonly Lock _lock = new();

    public Channel<OutboxGroup> Live { get; } = Channel.CreateUnbounded<OutboxGroup>();

    public Channel<OutboxGroup> Backlog { get; } = Channel.CreateUnbounded<OutboxGroup>();

    public List<OutboxGroup> Acknowledged { get; } = [];

    public List<OutboxGroup> Returned { get; } = [];

    public List<Reading> Readings { get; } = [];

    public List<Event> Events { get; } = [];

    /// <summary>Set: records are refused with this reason.</summary>
    public string? Trouble { get; set; }

    /// <summary>Set: records are taken and wait for this answer.</summary>
    public Task? Answer { get; set; }

    /// <summary>How often records were handed over while <see cref="Answer"/> was set.</summary>
    public int Waiting { get; private set; }

    public string Agent => "a1";

    public string Epoch => "e1";

    public OutboxStatus Status { get; set; } = new();

    public ValueTask<Task> AppendAsync(IReadOnlyList<Reading> readings, IReadOnlyList<Event> events, CancellationToken token)
    {
        if (Trouble is { } trouble)
            return ValueTask.FromResult(Task.FromException(new OutboxException(trouble)));
        if (Answer is { } answer)
        {
            Waiting++;
            return ValueTask.FromResult(answer);
        }

        lock (_lock)
        {
            Readings.AddRange(readings);
            Events.AddRange(events);
        }

        return ValueTask.FromResult(Task.CompletedTask);
    }

    public bool Holds(Predicate<Reading> wanted)
    {
        lock (_lock)
            return Readings.Exists(wanted);
    }

    public ValueTask<OutboxGroup> TakeLiveAsync(CancellationToken token) => Live.Reader.ReadAsync(token);

    public ValueTask<OutboxGroup> TakeBacklogAsync(CancellationToken token) => Backlog.Reader.ReadAsync(token);

    public void Acknowledge(OutboxGroup group)
    {
        lock (_lock)
            Acknowledged.Add(group);
    }

    public void Return(OutboxGroup group)
    {
        lock (_lock)
            Returned.Add(group);
        Backlog.Writer.TryWrite(group);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
