using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Contracts;
using Penstock.EdgeAgent.Forwarding;
using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Running;
using Penstock.Protocols;
using Penstock.Protocols.Profiles;
using Penstock.UnitTests.Forwarding;
using Xunit;

namespace Penstock.UnitTests.Running;

public sealed class AgentTests : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly MemoryOutbox _outbox = new();
    private readonly RecordingPublisher _publisher = new();
    private readonly ScriptedSource _first = new([ScriptedSource.Tag("u")]);
    private readonly CancellationTokenSource _stop = new();
    private readonly Agent _agent;
    private readonly Task _running;

    public AgentTests()
    {
        Directory.CreateDirectory(_folder);
        var identity = new AgentIdentity
        {
            Agent = "a1",
            Site = "north",
            Started = Some.At(0),
            SiteFile = "site.yaml",
            DataFolder = _folder,
            Notes = ["12 alarm limits loaded, not evaluated in this version"],
            Profiles = new Dictionary<string, string> { ["meter-1"] = "meter@1" },
        };
        _agent = new Agent(identity, [Device("meter-1"), Device("broken")], Create, _outbox, _publisher, TimeProvider.System, NullLogger.Instance);
        _running = _agent.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _agent.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_device_whose_source_always_fails_does_not_stop_the_other()
    {
        _first.Yield(new SourceBatch { Samples = [new Sample { Tag = "u", Ts = Some.At(1), Value = new RecordValue(230), Raw = "0x00E6" }] });

        await Eventually.TrueAsync("both devices are known", () => Look().All(device => device.State != "starting"));

        Assert.Equal(["good", "bad"], Look().Select(device => device.State));
        Assert.Contains("no such driver", Look()[1].Why);
        await Eventually.TrueAsync("the reading is kept", () => _outbox.Holds(reading => reading is { Device: "meter-1", Value: 230 }));
    }

    [Fact]
    public async Task The_snapshot_holds_the_newest_sample_with_its_raw_words()
    {
        _first.Yield(new SourceBatch { Samples = [new Sample { Tag = "u", Ts = Some.At(1), Value = new RecordValue(230), Raw = "0x00E6" }] });
        await Eventually.TrueAsync("the sample is there", () => _agent.Status.Look().Tags[0].Ts is not null);

        var tag = _agent.Status.Look().Tags[0];

        Assert.Equal(("meter-1", "u", 230, "0x00E6", Quality.Good), (tag.Device, tag.Tag, tag.Value, tag.Raw, tag.Q));
    }

    [Fact]
    public async Task Tags_and_heartbeats_are_announced_and_the_heartbeat_is_complete()
    {
        await Eventually.TrueAsync("both were told", () => !_publisher.Heartbeats.IsEmpty && _publisher.Tags.Count >= 2);

        Assert.True(_publisher.Heartbeats.TryPeek(out var heartbeat));
        Assert.Null(RecordRules.Check(heartbeat));
        Assert.Equal(("a1", "north", "e1", 5), (heartbeat.Agent, heartbeat.Site, heartbeat.Epoch, heartbeat.IntervalSeconds));
        Assert.Equal(["12 alarm limits loaded, not evaluated in this version"], heartbeat.Notes);
        Assert.Equal(["meter@1", null], heartbeat.Devices.Select(device => device.Profile));
        Assert.Contains("source_samples_total", heartbeat.Counters.Keys);
        Assert.All(_publisher.Tags, tag => Assert.Null(RecordRules.Check(tag)));
    }

    private IReadOnlyList<DeviceState> Look() => _agent.Status.Look().Heartbeat.Devices;

    private ISource Create(DeviceSettings device) => device.Name == "meter-1" ? _first : new BrokenSource(device.Name);

    private static DeviceSettings Device(string name) => new() { Name = name, Profile = new DeviceProfile { Id = "meter", Kind = "modbus" } };

    private sealed class BrokenSource(string device) : ISource
    {
        public string Device => device;

        public string Address => "nowhere";

        public IReadOnlyList<TagDefinition> Tags { get; } = [ScriptedSource.Tag("u")];

        public IAsyncEnumerable<SourceBatch> ReadAsync(CancellationToken token) => throw new InvalidOperationException("no such driver");
    }

    private sealed class RecordingPublisher : IPublisher
    {
        public ConcurrentQueue<Heartbeat> Heartbeats { get; } = [];

        public ConcurrentQueue<TagInfo> Tags { get; } = [];

        public string To => "test";

        public string Durability => "historian";

        public Task<PublishVerdict> PublishAsync(IReadOnlyList<OutboxGroup> groups, CancellationToken token) => Task.FromResult(PublishVerdict.AllKept);

        public Task PublishAsync(IReadOnlyList<TagInfo> tags, CancellationToken token)
        {
            foreach (var tag in tags)
                Tags.Enqueue(tag);
            return Task.CompletedTask;
        }

        public Task PublishAsync(Heartbeat heartbeat, CancellationToken token)
        {
            Heartbeats.Enqueue(heartbeat);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
