using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Penstock.Contracts;
using Penstock.EdgeAgent.Forwarding;
using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Running;
using Penstock.UnitTests.Running;
using Xunit;

namespace Penstock.UnitTests.Forwarding;

public sealed class ForwarderTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new(Some.Noon);
    private readonly MemoryOutbox _outbox = new();
    private readonly FakePublisher _publisher = new();
    private readonly AgentCounters _counters = new();
    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly CancellationTokenSource _stop = new();
    private readonly LinkMonitor _link;
    private readonly Task _running;

    public ForwarderTests()
    {
        _link = new LinkMonitor("test", "historian", _clock, NullLogger.Instance);
        var refused = new RefusedRecords(_folder, _counters, _clock, NullLogger.Instance);
        _running = new Forwarder(_outbox, _publisher, _link, refused, _counters, _clock, NullLogger.Instance).RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _counters.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_delivered_group_is_acknowledged_and_the_link_is_up()
    {
        _outbox.Live.Writer.TryWrite(Some.Group(1, 3));

        await Until("the group is acknowledged and the link is up", () => _outbox.Acknowledged.Count == 1 && _link.Look().Up);

        Assert.Equal(3, _counters.RecordsDelivered.Value);
        Assert.Empty(_outbox.Returned);
    }

    [Fact]
    public async Task A_group_that_was_not_delivered_goes_back_and_the_link_is_down_with_the_reason()
    {
        _publisher.Answer = _ => throw new LinkException("nobody there");
        _outbox.Live.Writer.TryWrite(Some.Group(1, 3));

        await Until("the link is down", () => _link.Look().Why == "nobody there");

        Assert.False(_link.Look().Up);
        Assert.Empty(_outbox.Acknowledged);
        Assert.NotEmpty(_outbox.Returned);
    }

    [Fact]
    public async Task When_the_far_end_is_back_everything_is_delivered_within_ten_seconds()
    {
        _publisher.Answer = _ => throw new LinkException("nobody there");
        for (var i = 0; i < 5; i++)
            _outbox.Live.Writer.TryWrite(Some.Group(1 + (3 * i), 3));
        await Until("several attempts have failed", () => Advance(1, () => _counters.RequestsFailed.Value > 10));

        _publisher.Answer = _ => PublishVerdict.AllKept;
        var back = _clock.GetUtcNow();
        await Until("all are acknowledged", () => Advance(0.1, () => _outbox.Acknowledged.Sum(group => group.Count) == 15 && _link.Look().Up));

        Assert.True(_clock.GetUtcNow() - back < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_publisher_with_a_bug_stops_neither_lane()
    {
        _publisher.Answer = _ => throw new InvalidOperationException("bug");
        _outbox.Live.Writer.TryWrite(Some.Group(1, 3));
        _outbox.Backlog.Writer.TryWrite(Some.Group(4, 3, Lane.Backlog));
        await Until("both lanes have failed", () => Advance(1, () => _counters.RequestsFailed.Value > 4));

        _publisher.Answer = _ => PublishVerdict.AllKept;

        await Until("all are acknowledged", () => Advance(0.1, () => _outbox.Acknowledged.Sum(group => group.Count) == 6));
    }

    [Fact]
    public async Task Refused_records_are_counted_and_kept_and_block_nothing()
    {
        _publisher.Answer = groups => new PublishVerdict([new RefusedRecord("e1", 2, "name not allowed")]);
        _outbox.Live.Writer.TryWrite(Some.Group(1, 3));

        await Until("the group is acknowledged", () => _outbox.Acknowledged.Count == 1);

        Assert.Equal((2, 1), (_counters.RecordsDelivered.Value, _counters.RecordsRefused.Value));
        var line = Assert.Single(await File.ReadAllLinesAsync(Path.Combine(_folder, "refused.ndjson")));
        Assert.Contains("\"reason\":\"name not allowed\"", line);
        Assert.Contains("\"seq\":2}", line);
    }

    [Fact]
    public async Task Small_groups_of_the_backlog_travel_together()
    {
        for (var i = 0; i < 8; i++)
            _outbox.Backlog.Writer.TryWrite(Some.Group(1 + (100 * i), 100, Lane.Backlog));

        await Until("all are acknowledged", () => _outbox.Acknowledged.Count == 8);

        Assert.True(_publisher.Requests < 8);
    }

    [Fact]
    public async Task Live_data_passes_while_a_backlog_request_hangs()
    {
        _publisher.Hold = groups => groups[0].Lane == Lane.Backlog;
        _outbox.Backlog.Writer.TryWrite(Some.Group(1, 3, Lane.Backlog));
        await Until("the backlog hangs", () => _publisher.Held > 0);

        _outbox.Live.Writer.TryWrite(Some.Group(4, 3));

        await Until("live data is acknowledged", () => _outbox.Acknowledged.Any(group => group.FirstSeq == 4));
        Assert.DoesNotContain(_outbox.Acknowledged, group => group.FirstSeq == 1);
    }

    [Fact]
    public async Task A_stop_in_the_middle_of_a_request_gives_the_groups_back()
    {
        _publisher.Hold = _ => true;
        _outbox.Live.Writer.TryWrite(Some.Group(1, 3));
        await Until("the request hangs", () => _publisher.Held > 0);

        await _stop.CancelAsync();
        await _running;

        Assert.Equal(1, Assert.Single(_outbox.Returned).FirstSeq);
    }

    private bool Advance(double seconds, Func<bool> condition)
    {
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        return condition();
    }

    private static Task Until(string what, Func<bool> condition) => Eventually.TrueAsync(what, condition);

    private sealed class FakePublisher : IPublisher
    {
        private int _requests;
        private int _held;

        public Func<IReadOnlyList<OutboxGroup>, PublishVerdict> Answer { get; set; } = _ => PublishVerdict.AllKept;

        public Func<IReadOnlyList<OutboxGroup>, bool> Hold { get; set; } = _ => false;

        public int Requests => Volatile.Read(ref _requests);

        public int Held => Volatile.Read(ref _held);

        public string To => "test";

        public string Durability => "historian";

        public async Task<PublishVerdict> PublishAsync(IReadOnlyList<OutboxGroup> groups, CancellationToken token)
        {
            Interlocked.Increment(ref _requests);
            if (Hold(groups))
            {
                Interlocked.Increment(ref _held);
                await Task.Delay(Timeout.Infinite, token);
            }

            return Answer(groups);
        }

        public Task PublishAsync(IReadOnlyList<TagInfo> tags, CancellationToken token) => Task.CompletedTask;

        public Task PublishAsync(Heartbeat heartbeat, CancellationToken token) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
