using System.Threading.Channels;
using Penstock.Contracts;
using Penstock.EdgeAgent.Running;

namespace Penstock.EdgeAgent.Forwarding;

/// <summary>
/// Tells the far end who is here: tag infos when the link comes up, when they change and every hour; a heartbeat every five
/// seconds, and at once (once a second at most) when something changed. Nothing here is kept: the next one says it all.
/// </summary>
internal sealed class Announcer(
    IPublisher publisher, Func<Heartbeat> heartbeat, IReadOnlyList<TagInfo> tags, LinkMonitor link, AgentCounters counters,
    TimeProvider clock, ILogger log)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const int TagsARequest = 1000;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TagsEvery = TimeSpan.FromHours(1);

    // One waiting kick says as much as many.
    private readonly Channel<bool> _kicks = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile bool _tagsDue = true;
    private long _tagsTold;

    /// <summary>Something a person wants to see soon has changed.</summary>
    public void Kick() => _kicks.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken token)
    {
        link.CameUp += OnLinkUp;
        try
        {
            while (!token.IsCancellationRequested)
            {
                await AnnounceAsync(token);
                await Task.Delay(Shortest, clock, token);
                await WaitForKickAsync(Interval - Shortest, token);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
        }
        finally
        {
            link.CameUp -= OnLinkUp;
        }
    }

    private void OnLinkUp()
    {
        _tagsDue = true;
        Kick();
    }

    private async Task AnnounceAsync(CancellationToken token)
    {
        if (_tagsDue || clock.GetElapsedTime(_tagsTold) > TagsEvery)
            _tagsDue = await TryAsync("tags", TellTagsAsync, token) is not null;
        if (await TryAsync("heartbeat", t => publisher.PublishAsync(heartbeat(), t), token) is { } why)
        {
            link.FailedHeartbeat(why);
        }
        else
        {
            counters.Heartbeats.Add(1);
            link.DeliveredHeartbeat();
        }
    }

    private async Task TellTagsAsync(CancellationToken token)
    {
        foreach (var chunk in tags.Chunk(TagsARequest))
            await publisher.PublishAsync(chunk, token);
        _tagsTold = clock.GetTimestamp();
    }

    /// <summary>Null when the far end has taken it, else why not.</summary>
    private async Task<string?> TryAsync(string what, Func<CancellationToken, Task> tell, CancellationToken token)
    {
        try
        {
            await tell(token);
            return null;
        }
        catch (LinkException e)
        {
            log.NotAnnounced(what, e.Message);
            return e.Message;
        }
        catch (Exception e) when (!token.IsCancellationRequested)
        {
            log.AnnouncingFailed(e);
            return e.Message;
        }
    }

    private async Task WaitForKickAsync(TimeSpan most, CancellationToken token)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(token);
        var delay = Task.Delay(most, clock, ended.Token);
        var kick = _kicks.Reader.WaitToReadAsync(ended.Token).AsTask();
        await Task.WhenAny(delay, kick);
        await ended.CancelAsync();
        _kicks.Reader.TryRead(out _);
        token.ThrowIfCancellationRequested();
    }
}
