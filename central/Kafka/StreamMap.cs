namespace Penstock.Central.Kafka;

/// <summary>
/// The ids behind the names of one cluster. Positions are kept by id, so what was made anew under an old name begins at
/// its own beginning.
/// </summary>
internal sealed record StreamMap(string Cluster, IReadOnlyDictionary<string, string> Ids)
{
    /// <summary>The topic's id, or its name where the cluster tells no ids.</summary>
    public string IdOf(string topic) => Ids.TryGetValue(topic, out var id) ? id : topic;

    /// <summary>The topics that have another id here than there.</summary>
    public IEnumerable<string> ChangedSince(StreamMap former) =>
        Ids.Where(topic => former.Ids.TryGetValue(topic.Key, out var id) && id != topic.Value).Select(topic => topic.Key);
}
