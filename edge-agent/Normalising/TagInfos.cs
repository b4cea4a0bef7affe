using Penstock.Contracts;
using Penstock.Protocols;

namespace Penstock.EdgeAgent.Normalising;

/// <summary>What the far end is told of the tags of a device.</summary>
internal static class TagInfos
{
    // Room for group commit and the way, so that a value is not called stale between two records.
    private static readonly TimeSpan OnTheWay = TimeSpan.FromSeconds(5);

    public static IEnumerable<TagInfo> Of(string site, string agent, DeviceSettings device, IReadOnlyList<TagDefinition> tags, Timestamp now) =>
        tags.Select(tag => new TagInfo
        {
            Site = site,
            Device = device.Name,
            Tag = tag.Tag,
            Kind = tag.Kind,
            Type = tag.Type,
            Unit = tag.Unit,
            Label = tag.Label,
            Place = device.Place,
            PlantTag = device.PlantTags.GetValueOrDefault(tag.Tag),
            ValidLow = tag.ValidLow,
            ValidHigh = tag.ValidHigh,
            NormalLow = tag.NormalLow,
            NormalHigh = tag.NormalHigh,
            IntervalSeconds = tag.Interval?.TotalSeconds,
            StaleAfterSeconds = StaleAfter(tag)?.TotalSeconds,
            Counter = tag.Counter,
            Profile = ProfileName(device),
            Ts = now,
            Agent = agent,
        });

    /// <summary><c>id@version</c> of the format.</summary>
    public static string ProfileName(DeviceSettings device) => $"{device.Profile.Id}@1";

    private static TimeSpan? StaleAfter(TagDefinition tag) =>
        tag.Interval is { } interval ? (3 * interval) + (tag.Report?.AtLeastEvery ?? TimeSpan.Zero) + OnTheWay : null;
}
