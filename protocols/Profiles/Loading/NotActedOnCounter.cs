namespace Penstock.Protocols.Profiles.Loading;

/// <summary>Counts what a file says and this version does not act on.</summary>
public sealed class NotActedOnCounter
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public IReadOnlyList<NotActedOn> Items => [.. _counts.Select(c => new NotActedOn(c.Key, c.Value))];

    public void Add(string what, int count = 1)
    {
        if (count > 0)
            _counts[what] = _counts.GetValueOrDefault(what) + count;
    }
}
