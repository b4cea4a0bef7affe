using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Penstock.Contracts;
using Penstock.EdgeAgent.Running;
using Penstock.EdgeAgent.Sources;
using Penstock.Protocols;
using Penstock.UnitTests.Forwarding;
using Xunit;

namespace Penstock.UnitTests.Running;

public sealed class DeviceRunnerTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new(Some.Noon);
    private readonly MemoryOutbox _outbox = new();
    private readonly AgentCounters _counters = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ScriptedSource> _sources = [];
    private readonly DeviceRunner _runner;
    private readonly Task _running;
    private int _changes;

    public DeviceRunnerTests()
    {
        var parts = new RunnerParts(_counters, new MachineClock(() => true, _clock, NullLogger.Instance), _clock, NullLogger.Instance, () => _changes++);
        parts.Clock.Check();
        _runner = new DeviceRunner("north", NextSource, _outbox, parts);
        _running = _runner.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _runner.Dispose();
        _stop.Dispose();
        _counters.Dispose();
    }

    [Fact]
    public async Task What_the_source_yields_reaches_the_outbox()
    {
        _sources[0].Yield(Batch(Good("u", 1), Good("i", 1)));

        await Eventually.TrueAsync("both readings are there", () => _outbox.Readings.Count == 2);

        Assert.Equal("north/meter-1/u", _outbox.Readings[0].FullName);
        Assert.Equal(1, _runner.Latest("i")!.Value.Number);
    }

    [Fact]
    public async Task A_device_that_turns_bad_and_good_again_is_told_by_events()
    {
        _sources[0].Yield(Batch(Good("u", 1), Good("i", 1)));
        _sources[0].Yield(Batch(Bad("u", 2), Bad("i", 2)));
        _sources[0].Yield(Batch(Good("u", 3), Good("i", 3)));

        await Eventually.TrueAsync("three events are there", () => _outbox.Events.Count == 3);

        Assert.Equal(["good", "bad", "good"], _outbox.Events.Select(item => item.State));
        Assert.Equal("no answer", _outbox.Events[1].Message);
        Assert.Equal(3, _changes);
    }

    [Fact]
    public async Task A_source_that_fails_turns_its_tags_bad_and_is_started_again()
    {
        _sources[0].Yield(Batch(Good("u", 1), Good("i", 1)));
        _sources[0].Fail();
        await Eventually.TrueAsync("the tags are bad", () => _outbox.Readings.Count == 4);
        Assert.All(_outbox.Readings[2..], reading => Assert.Equal("source failed: the driver has a bug", reading.Why));

        await Eventually.TrueAsync("a new source runs", () => Advance(0.5, () => _sources.Count == 2));
        _sources[1].Yield(Batch(Good("u", 5), Good("i", 5)));

        await Eventually.TrueAsync("the tags are good again", () => _outbox.Readings.Count == 6);
        Assert.Equal(1, _counters.SourceRestarts.Value);
        Assert.Equal("good", _runner.Health.State);
    }

    [Fact]
    public async Task A_source_that_ends_by_itself_is_started_again()
    {
        _sources[0].End();

        await Eventually.TrueAsync("a new source runs", () => Advance(0.5, () => _sources.Count == 2));
    }

    [Fact]
    public async Task Polls_missed_while_a_source_is_down_are_counted_and_in_a_gap()
    {
        for (var failure = 0; failure < 4; failure++)
        {
            var count = failure + 2;
            _sources[failure].Fail();
            await Eventually.TrueAsync("the next source runs", () => Advance(0.5, () => _sources.Count == count));
        }

        await _stop.CancelAsync();
        await _running;

        var gap = Assert.Single(_outbox.Events, item => item.Kind == EventKinds.Gap).Gap!;
        Assert.Equal(GapCauses.MissedPolls, gap.Cause);
        Assert.True(gap.Samples > 0);
        Assert.Equal(gap.Samples, _runner.Account.Missed);
        Balanced();
    }

    [Fact]
    public async Task Missed_polls_of_the_source_are_one_gap()
    {
        _sources[0].Yield(Batch(Good("u", 5)) with { Missed = [new MissedPolls(Some.At(1), Some.At(2), ["u"], 2, "slow")] });
        _sources[0].Yield(Batch(Good("u", 9)) with { Missed = [new MissedPolls(Some.At(6), Some.At(8), ["u"], 3, "slow")] });
        await Eventually.TrueAsync("both batches are there", () => _outbox.Readings.Count == 2);

        await Eventually.TrueAsync("the gap is told", () => Advance(5, () =>
        {
            _ = _runner.CloseGapsAsync(all: false);
            return _outbox.Events.Any(item => item.Kind == EventKinds.Gap);
        }));

        var gap = Assert.Single(_outbox.Events, item => item.Kind == EventKinds.Gap).Gap!;
        Assert.Equal((Some.At(1), Some.At(8), 5L), (gap.From, gap.To, gap.Samples!.Value));
        Assert.Equal(["u"], gap.Tags);
        Balanced();
    }

    [Fact]
    public async Task Records_the_outbox_cannot_keep_are_missed_and_told_when_it_can()
    {
        _outbox.Trouble = "disk full";
        _sources[0].Yield(Batch(Good("u", 1), Bad("i", 1)));
        await Eventually.TrueAsync("they are counted as missed", () => _runner.Account.Missed == 2);
        Balanced();

        _outbox.Trouble = null;
        await _stop.CancelAsync();
        await _running;

        var gap = Assert.Single(_outbox.Events, item => item.Kind == EventKinds.Gap);
        Assert.Equal((GapCauses.OutboxUnavailable, 2L), (gap.Gap!.Cause, gap.Gap.Samples!.Value));
        Assert.Contains("disk full", gap.Message);
    }

    [Fact]
    public async Task Records_refused_after_the_stop_began_are_told_before_it_ends()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _outbox.Answer = answer.Task;
        _sources[0].Yield(Batch(Good("u", 1), Bad("i", 1)));
        await Eventually.TrueAsync("they wait for their answer", () => _outbox.Waiting == 1);

        _outbox.Answer = null;
        await _stop.CancelAsync();
        answer.SetException(new EdgeAgent.Outbox.OutboxException("disk full"));
        await _running;

        var gap = Assert.Single(_outbox.Events, item => item.Kind == EventKinds.Gap);
        Assert.Equal((GapCauses.OutboxUnavailable, 2L), (gap.Gap!.Cause, gap.Gap.Samples!.Value));
        Balanced();
    }

    [Fact]
    public async Task A_gap_that_could_not_be_kept_is_told_later()
    {
        _sources[0].Yield(Batch() with { Missed = [new MissedPolls(Some.At(1), Some.At(2), ["u"], 2, "slow")] });
        await Eventually.TrueAsync("it is counted", () => _runner.Account.Missed == 2);
        _outbox.Trouble = "disk full";
        await _runner.CloseGapsAsync(all: true);
        Assert.Empty(_outbox.Events);

        _outbox.Trouble = null;
        await Eventually.TrueAsync("the gap is told", () =>
        {
            _ = _runner.CloseGapsAsync(all: true);
            return _outbox.Events.Count == 1;
        });

        Assert.Equal(2, _outbox.Events[0].Gap!.Samples);
    }

    [Fact]
    public async Task A_pushed_batch_is_acknowledged_when_it_is_kept()
    {
        var accepted = new TaskCompletionSource();
        _sources[0].Yield(Batch(Good("u", 1)) with { Accepted = accepted });

        await accepted.Task.WaitAsync(TimeSpan.FromMinutes(2));

        Assert.Single(_outbox.Readings);
    }

    [Fact]
    public async Task A_pushed_batch_that_is_not_kept_is_not_acknowledged()
    {
        _outbox.Trouble = "disk full";
        var accepted = new TaskCompletionSource();
        _sources[0].Yield(Batch(Good("u", 1)) with { Accepted = accepted });

        await Assert.ThrowsAsync<EdgeAgent.Outbox.OutboxException>(() => accepted.Task.WaitAsync(TimeSpan.FromMinutes(2)));
    }

    private ScriptedSource NextSource()
    {
        var source = new ScriptedSource([ScriptedSource.Tag("u"), ScriptedSource.Tag("i")]);
        _sources.Add(source);
        return source;
    }

    private void Balanced()
    {
        var account = _runner.Account;
        Assert.Equal(account.Scheduled, account.Good + account.NotGood + account.Suppressed + account.Missed);
    }

    private bool Advance(double seconds, Func<bool> condition)
    {
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        return condition();
    }

    private static SourceBatch Batch(params Sample[] samples) => new() { Samples = samples };

    private static Sample Good(string tag, double at) => new() { Tag = tag, Ts = Some.At(at), Value = new RecordValue(1) };

    private static Sample Bad(string tag, double at) => new() { Tag = tag, Ts = Some.At(at), Q = Quality.Bad, Why = "no answer" };
}
