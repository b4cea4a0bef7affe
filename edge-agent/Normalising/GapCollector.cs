using Penstock.Contracts;

namespace Penstock.EdgeAgent.Normalising;

/// <summary>
/// Joins what is missing of one device into gaps: at most one open gap a cause, closed when nothing was added for ten
/// seconds, or a minute after it was opened. Any thread may call; a gap that could not be kept is simply added again.
/// </summary>
internal sealed class GapCollector(TimeProvider clock)
{
    private const int MostTags = 100;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, OpenGap> _open = [];

    public void Add(DeviceGap gap)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            if (_open.TryGetValue(gap.Cause, out var open))
                _open[gap.Cause] = open with { Gap = Join(open.Gap, gap), Touched = now };
            else
                _open[gap.Cause] = new OpenGap(gap, now, now);
        }
    }

    /// <summary>The gaps that are to be sent now; with <paramref name="all"/> every open one.</summary>
    public IReadOnlyList<DeviceGap> Take(bool all)
    {
        lock (_lock)
        {
            if (_open.Count == 0)
                return [];
            List<DeviceGap> due = [];
            foreach (var open in _open.Values.Where(open => all || IsDue(open)).ToList())
            {
                due.Add(open.Gap);
                _open.Remove(open.Gap.Cause);
            }

            return due;
        }
    }

    private bool IsDue(OpenGap open) => clock.GetElapsedTime(open.Opened) >= Longest || clock.GetElapsedTime(open.Touched) >= Quiet;

    private static DeviceGap Join(DeviceGap open, DeviceGap added) => new(
        open.Cause,
        open.From < added.From ? open.From : added.From,
        open.To > added.To ? open.To : added.To,
        Union(open.Tags, added.Tags),
        open.Samples + added.Samples,
        added.Why);

    private static IReadOnlySet<string>? Union(IReadOnlySet<string>? left, IReadOnlySet<string>? right)
    {
        if (left is null || right is null)
            return null;
        if (right.IsSubsetOf(left))
            return left;
        HashSet<string> both = [.. left, .. right];
        return both.Count > MostTags ? null : both;
    }

    private sealed record OpenGap(DeviceGap Gap, long Opened, long Touched);
}

/// <summary>Scheduled samples of one device that are missing. <paramref name="Tags"/> null: all tags of the device.</summary>
internal sealed record DeviceGap(string Cause, Timestamp From, Timestamp To, IReadOnlySet<string>? Tags, long Samples, string Why)
{
    public Event ToEvent(string site, string device, Timestamp now) => new()
    {
        Kind = EventKinds.Gap,
        Site = site,
        Device = device,
        Ts = now,
        Message = Why,
        Gap = new Gap { From = From, To = To, Cause = Cause, Tags = Tags is null ? null : [.. Tags.Order(StringComparer.Ordinal)], Samples = Samples },
    };
}
