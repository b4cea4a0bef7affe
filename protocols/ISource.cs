using Penstock.Contracts;

namespace Penstock.Protocols;

/// <summary>
/// One device, as the agent reads it. Polled and pushed devices look the same from outside: given a token, a source
/// yields small batches, one per poll or message, until the token is cancelled. A device that does not answer is no
/// exception: it yields its tags with bad quality and the reason, and tries again by itself. Exceptions that do come
/// out are faults of the source; the supervisor restarts it with back-off.
/// </summary>
public interface ISource
{
    /// <summary>Device name from the site file.</summary>
    string Device { get; }

    /// <summary>Where it is reached, for people: <c>10.20.0.31:502 unit 1</c>.</summary>
    string Address { get; }

    /// <summary>Every tag this source can yield, known before the first poll.</summary>
    IReadOnlyList<TagDefinition> Tags { get; }

    IAsyncEnumerable<SourceBatch> ReadAsync(CancellationToken token);
}

/// <summary>What one poll or one message produced.</summary>
public sealed record SourceBatch
{
    public required IReadOnlyList<Sample> Samples { get; init; }

    /// <summary>Stretches in which scheduled polls did not take place.</summary>
    public IReadOnlyList<MissedPolls> Missed { get; init; } = [];

    /// <summary>Completed when the batch is accepted (on disk, or acknowledged by the far end). Null for polled devices.</summary>
    public TaskCompletionSource? Accepted { get; init; }
}

/// <summary>One tag at one moment, in engineering units, before site, identity and report rules are applied.</summary>
public sealed record Sample
{
    public required string Tag { get; init; }

    /// <summary>When the answer arrived.</summary>
    public required Timestamp Ts { get; init; }

    public RecordValue Value { get; init; }

    /// <summary>Text value or enum label; stands above <see cref="RecordValue.Text"/>.</summary>
    public string? Text { get; init; }

    public Quality Q { get; init; }

    /// <summary>Short reason when the quality is not good.</summary>
    public string? Why { get; init; }

    /// <summary>What was on the wire, for people: register words in hex, <c>0x43E6 0x8000</c>.</summary>
    public string? Raw { get; init; }
}

/// <summary>Polls of a group that were due and skipped; <paramref name="Samples"/> counts polls times tags.</summary>
public sealed record MissedPolls(Timestamp From, Timestamp To, IReadOnlyList<string> Tags, long Samples, string Why);

/// <summary>What is known of a tag before its first value.</summary>
public sealed record TagDefinition
{
    public required string Tag { get; init; }

    /// <summary>One of <see cref="Kinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>number</c>, <c>bool</c>, <c>enum</c> or <c>text</c>.</summary>
    public required string Type { get; init; }

    public string? Label { get; init; }

    public string? Unit { get; init; }

    public double? ValidLow { get; init; }

    public double? ValidHigh { get; init; }

    public double? NormalLow { get; init; }

    public double? NormalHigh { get; init; }

    /// <summary>Scheduled interval; null when pushed or read once.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Null: every sample is reported.</summary>
    public ReportRule? Report { get; init; }

    public bool Counter { get; init; }
}

/// <summary>
/// Report by exception. A sample is sent when it differs from the last one sent by more than <paramref name="Deadband"/>
/// (engineering units; 0 = any change), when its quality or reason changes, or when <paramref name="AtLeastEvery"/> has passed.
/// </summary>
public sealed record ReportRule(double Deadband, TimeSpan AtLeastEvery);
