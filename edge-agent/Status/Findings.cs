using System.Globalization;
using System.Text.Json.Serialization;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Status;

/// <summary>How much a finding matters. <see cref="Bad"/>: values are missing or will be; <see cref="Uncertain"/>: look soon.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FindingLevel>))]
internal enum FindingLevel
{
    [JsonStringEnumMemberName("bad")] Bad,
    [JsonStringEnumMemberName("uncertain")] Uncertain,
}

/// <summary>One thing that is not normal, in one sentence.</summary>
internal sealed record Finding(FindingLevel Level, string Text);

/// <summary>What is not normal in a look at the agent.</summary>
internal static class Findings
{
    private const double NearlyFull = 0.8;
    private const double LongLagSeconds = 10;
    private const int NamedTags = 3;

    public static IReadOnlyList<Finding> In(AgentSnapshot look) =>
    [
        .. Outbox(look.Heartbeat.Outbox)
            .Concat(Devices(look))
            .Concat(Link(look.Heartbeat))
            .Concat(Tags(look))
            .Concat(Clock(look.Heartbeat.Clock))
            .OrderBy(finding => finding.Level),
    ];

    /// <summary>True when the tag has been silent for longer than it may.</summary>
    public static bool IsStale(TagSnapshot tag, Timestamp now) =>
        tag.Ts is { } ts && tag.StaleAfterSeconds is { } limit && (now - ts).TotalSeconds > limit;

    private static IEnumerable<Finding> Outbox(OutboxState outbox)
    {
        if (outbox.Trouble is { } trouble)
            yield return Bad($"outbox cannot keep records: {trouble}");

        var fill = outbox.CapBytes > 0 ? (double)outbox.Bytes / outbox.CapBytes : 0;
        if (fill >= NearlyFull)
            yield return Bad(string.Create(CultureInfo.InvariantCulture, $"outbox {fill:P0} full, {outbox.Records} records wait; at 100 % trends are thinned and the oldest records dropped"));
        if (outbox.FreeBytes is { } free && free < outbox.FreeFloorBytes)
            yield return new(FindingLevel.Uncertain, string.Create(CultureInfo.InvariantCulture, $"the medium of the outbox has {free >> 20} MiB free, its floor is {outbox.FreeFloorBytes >> 20} MiB: the outbox does not grow; free space on it"));
    }

    private static IEnumerable<Finding> Devices(AgentSnapshot look) =>
        from device in look.Heartbeat.Devices
        where device.State == "bad"
        let since = device.Since is { } moment ? $" for {Spans.Short(look.Heartbeat.Ts - moment)}" : ""
        select Bad($"{device.Name} bad{since}: {device.Why ?? "no reason known"}");

    private static IEnumerable<Finding> Link(Heartbeat heartbeat)
    {
        var link = heartbeat.Link;
        if (!link.Up)
        {
            var since = link.Since is { } moment ? $" for {Spans.Short(heartbeat.Ts - moment)}" : "";
            yield return Bad($"link to {link.To} down{since}: {link.Why ?? "no reason known"}; {heartbeat.Outbox.Records} records wait");
        }
        else if (link.LagSeconds > LongLagSeconds)
        {
            yield return new(FindingLevel.Uncertain, $"live values arrive {Spans.Short(TimeSpan.FromSeconds(link.LagSeconds.Value))} late");
        }
    }

    /// <summary>Tags of devices that are not bad as a whole.</summary>
    private static IEnumerable<Finding> Tags(AgentSnapshot look)
    {
        var answering = look.Heartbeat.Devices.Where(device => device.State == "good").Select(device => device.Name).ToHashSet();
        return look.Tags
            .Where(tag => answering.Contains(tag.Device) && (tag.Q != Quality.Good || IsStale(tag, look.Heartbeat.Ts)))
            .GroupBy(tag => tag.Device)
            .Select(group => new Finding(
                group.Any(tag => tag.Q == Quality.Bad) ? FindingLevel.Bad : FindingLevel.Uncertain,
                $"{group.Key}: {Named([.. group.Select(tag => tag.Tag)])} not good"));
    }

    private static IEnumerable<Finding> Clock(ClockState clock) => clock switch
    {
        ClockState.Unsynced => [new(FindingLevel.Uncertain, "the clock was never synchronised since the start; time stamps may be wrong")],
        ClockState.Stepped => [new(FindingLevel.Uncertain, "the clock was stepped a moment ago; time stamps around it may be wrong")],
        ClockState.Holdover => [new(FindingLevel.Uncertain, "the time source is away; the clock runs on by itself")],
        _ => [],
    };

    private static string Named(string[] tags) =>
        tags.Length <= NamedTags ? string.Join(", ", tags) : $"{string.Join(", ", tags.Take(NamedTags))} and {tags.Length - NamedTags} more";

    private static Finding Bad(string text) => new(FindingLevel.Bad, text);
}
