using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.EdgeAgent.Forwarding;

/// <summary>
/// The way to the far end: HTTP to the centre, or Kafka. A call returns when the far end has answered; a link that is
/// down throws <see cref="LinkException"/> and the forwarder retries with back-off. Calls may overlap.
/// </summary>
public interface IPublisher : IAsyncDisposable
{
    /// <summary>For people: <c>http://127.0.0.1:8420</c>.</summary>
    string To { get; }

    /// <summary>Where an acknowledged record rests: <c>historian</c> or <c>broker</c>.</summary>
    string Durability { get; }

    /// <summary>Every record of the groups is kept by the far end when this returns, except those refused by name.</summary>
    Task<PublishVerdict> PublishAsync(IReadOnlyList<OutboxGroup> groups, CancellationToken token);

    Task PublishAsync(IReadOnlyList<TagInfo> tags, CancellationToken token);

    Task PublishAsync(Heartbeat heartbeat, CancellationToken token);

    /// <summary>What the way counts itself.</summary>
    PublisherAccount Account => PublisherAccount.None;
}

/// <summary>Figures of a publisher by metric name: counters only rise, gauges show the present.</summary>
public sealed record PublisherAccount
{
    public static PublisherAccount None { get; } = new();

    public IReadOnlyDictionary<string, long> Counters { get; init; } = new Dictionary<string, long>();

    public IReadOnlyDictionary<string, double> Gauges { get; init; } = new Dictionary<string, double>();

    /// <summary>Copies the far end keeps of a record; null while that is not known or not its matter.</summary>
    public int? Replicas { get; init; }
}

/// <summary>What the far end said of the groups.</summary>
public sealed record PublishVerdict(IReadOnlyList<RefusedRecord> Refused)
{
    public static PublishVerdict AllKept { get; } = new([]);
}

/// <summary>A record the far end will never take, and why.</summary>
public sealed record RefusedRecord(string Epoch, long Seq, string Reason);

/// <summary>The far end could not be reached, or did not answer as agreed; the message says which and what to check.</summary>
public sealed class LinkException : Exception
{
    public LinkException(string message)
        : base(message)
    {
    }

    public LinkException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>The wait the far end asked for, if it did.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
