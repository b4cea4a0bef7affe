namespace Penstock.Central.Historian;

/// <summary>What a historian that several centres share tells of the work of all of them.</summary>
internal interface IChangeFeed
{
    /// <summary>
    /// Tells first what is there and then, soon after each commit of any centre, what changed; ends with the token. A lost
    /// connection costs time and nothing else: what changed meanwhile is told after it. The same change may be told twice.
    /// </summary>
    /// <exception cref="HistorianException">The connection is lost; calling again goes on where it was.</exception>
    Task FollowAsync(Action<SharedChanges> show, CancellationToken cancel);
}

/// <summary>The newest state of what changed: bounded by the number of tags and agents, and by the newest 200 gaps.</summary>
internal sealed record SharedChanges(IReadOnlyList<TagRow> Tags, IReadOnlyList<string> Agents, IReadOnlyList<GapRow> Gaps);
