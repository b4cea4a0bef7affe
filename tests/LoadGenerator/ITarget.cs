namespace Penstock.LoadGenerator;

/// <summary>One line of a batch and where a broker would put it.</summary>
internal readonly record struct Line(string Key, bool IsEvent, byte[] Bytes);

/// <summary>The far end. Each call returns when the far end keeps what it was given; it throws when that is not known.</summary>
internal interface ITarget : IAsyncDisposable
{
    Task SendAsync(IReadOnlyList<Line> lines, CancellationToken cancel);

    Task HeartbeatAsync(string agent, byte[] json, CancellationToken cancel);
}

/// <summary>The far end did not take it; the same may be sent again.</summary>
internal sealed class NotTakenException(string message) : Exception(message);
