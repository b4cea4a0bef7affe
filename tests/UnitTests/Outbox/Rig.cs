using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.UnitTests.Outbox;

/// <summary>The engine on a folder in memory, step by step.</summary>
internal sealed class Rig : IDisposable
{
    private readonly Random _random = new(1);
    private readonly SegmentLog _log;

    public Rig(ModelFiles files, ModelClock clock, OutboxOptions options)
    {
        Files = files;
        Clock = clock;
        var epoch = $"e{clock.GetTimestamp()}-{_random.Next()}-{files.List().Count}";
        _log = new SegmentLog(files, options, clock, "a1", "north", epoch, NullLogger.Instance);
        Engine = new OutboxEngine(_log, options, clock, "a1", epoch, "north", NullLogger.Instance);
        Engine.Open();
    }

    public ModelFiles Files { get; }

    public ModelClock Clock { get; }

    public OutboxEngine Engine { get; }

    public WriteCounts Counts => _log.Counts;

    public static OutboxOptions Small(StorageMode storage = StorageMode.Ssd) =>
        new() { Storage = storage, SegmentBytes = 8 << 10, CapBytes = 64 << 10 };

    public static ModelFiles NewFiles() => new(new Random(1));

    /// <summary>Readings with these values, committed as one group.</summary>
    public Acceptance Append(params ReadOnlySpan<int> values)
    {
        var acceptance = new Acceptance();
        List<Reading> readings = [];
        foreach (var value in values)
            readings.Add(Sample.Reading(value));
        Engine.Append(readings, [], acceptance);
        Engine.Commit();
        return acceptance;
    }

    /// <summary>Everything that both lanes hold, as the far end would see it; nothing is acknowledged.</summary>
    public List<OutboxGroup> TakeAll()
    {
        List<OutboxGroup> groups = [];
        while ((Engine.Live.TryTake() ?? Engine.TakeBacklog()) is { } group)
            groups.Add(group);
        Engine.Commit();
        while ((Engine.Live.TryTake() ?? Engine.TakeBacklog()) is { } group)
            groups.Add(group);
        return groups;
    }

    public static List<double> Values(IEnumerable<OutboxGroup> groups) =>
        [.. groups.SelectMany(Sample.Objects).Where(item => item.TryGetProperty("value", out _)).Select(item => item.GetProperty("value").GetDouble()).Order()];

    public static List<Event> Events(IEnumerable<OutboxGroup> groups) =>
        [.. groups.SelectMany(Sample.Objects).Where(item => item.TryGetProperty("event", out _)).Select(Decode)];

    public void Dispose() => Engine.Dispose();

    private static Event Decode(System.Text.Json.JsonElement item)
    {
        RecordCodec.TryDecode(System.Text.Encoding.UTF8.GetBytes(item.GetRawText()), out Event? decoded);
        return decoded!;
    }
}
