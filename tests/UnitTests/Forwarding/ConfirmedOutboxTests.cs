using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Penstock.Contracts;
using Penstock.EdgeAgent.Data;
using Penstock.EdgeAgent.Forwarding;
using Penstock.EdgeAgent.Forwarding.Confirming;
using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Site;
using Penstock.UnitTests.Running;
using Xunit;

namespace Penstock.UnitTests.Forwarding;

public sealed class ConfirmedOutboxTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new(Some.Noon);
    private readonly MemoryOutbox _outbox = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("penstock-test-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void At_level_broker_a_group_leaves_with_the_brokers_answer()
    {
        var confirmed = Make(Confirm.Broker);

        confirmed.Acknowledge(Some.Group(1, 3));

        Assert.Single(_outbox.Acknowledged);
        Assert.Equal("broker", confirmed.Look().Durability);
    }

    [Fact]
    public void At_level_historian_a_group_leaves_when_all_of_it_is_confirmed()
    {
        var confirmed = Make(Confirm.Historian);
        confirmed.Acknowledge(Some.Group(1, 3));

        confirmed.Heard(Of(1, 2));
        Assert.Empty(_outbox.Acknowledged);
        Assert.Equal(3, confirmed.Look().Waiting);

        confirmed.Heard(Of(3, 3));
        Assert.Single(_outbox.Acknowledged);
        Assert.Equal((0, 3), (confirmed.Look().Waiting, confirmed.Look().Confirmed));
    }

    [Fact]
    public async Task The_first_confirmation_is_told_and_remembered_also_when_the_agent_stops_right_after_it()
    {
        var confirmed = Run(Make(Confirm.Auto));
        confirmed.Heard(Of(1, 1));
        await Stop();

        Assert.Equal(("durability", "historian"), (Assert.Single(_outbox.Events).Kind, _outbox.Events[0].State));
        Assert.Equal("historian", Make(Confirm.Auto).Look().Durability);
    }

    [Fact]
    public void A_first_confirmation_whose_event_was_not_kept_is_a_first_one_again_at_the_next_start()
    {
        Make(Confirm.Auto).Heard(Of(1, 1)); // ends without a goodbye

        Assert.Equal("broker", Make(Confirm.Auto).Look().Durability);
    }

    [Fact]
    public async Task A_group_without_confirmation_goes_back_after_a_minute_and_then_less_and_less_often()
    {
        var confirmed = Run(Make(Confirm.Historian));
        confirmed.Acknowledge(Some.Group(1, 3));
        await Until("it went back", () => _outbox.Returned.Count == 1);
        var waited = _clock.GetUtcNow() - Some.Noon;

        confirmed.Acknowledge(Some.Group(1, 3));
        await Until("it went back again", () => _outbox.Returned.Count == 2);
        confirmed.Acknowledge(Some.Group(1, 3));
        var third = _clock.GetUtcNow();
        await Until("and a third time", () => _outbox.Returned.Count == 3);

        Assert.InRange(waited.TotalSeconds, 60, 75);
        Assert.InRange((_clock.GetUtcNow() - third).TotalSeconds, 115, 140);
    }

    [Fact]
    public async Task Nothing_confirmed_is_told_in_words_a_newcomer_understands()
    {
        var confirmed = Run(Make(Confirm.Historian));
        foreach (var i in Enumerable.Range(0, 3))
            confirmed.Acknowledge(Some.Group(1 + (i * 1000), 1000));

        await Until("it is told", () => confirmed.Look().NothingConfirmed || _outbox.Returned.Count > 0);

        confirmed.Acknowledge(Some.Group(1, 1000));
        await Until("it is told while records wait", () => confirmed.Look().Notes(null).Any());
        Assert.StartsWith("0 of 1,000 confirmed: start penstock-central, or set  confirm: broker", confirmed.Look().Notes(null).Single());
    }

    [Fact]
    public async Task A_nearly_full_outbox_ends_the_waiting_for_a_silent_centre_with_an_event_and_a_confirmation_begins_it_again()
    {
        var confirmed = Run(Make(Confirm.Historian));
        _outbox.Status = new OutboxStatus { State = new OutboxState { Bytes = 81, CapBytes = 100 } };
        confirmed.Acknowledge(Some.Group(1, 3));

        await Until("the group left", () => _outbox.Acknowledged.Count == 1);
        await Until("the event is kept", () => _outbox.Events.Count == 1);
        Assert.Equal(("durability", "broker"), (_outbox.Events[0].Kind, _outbox.Events[0].State));
        Assert.Equal("broker", confirmed.Look().Durability);

        confirmed.Heard(Of(1, 3));
        await Until("the event is kept", () => _outbox.Events.Count == 2);
        Assert.Equal("historian", confirmed.Look().Durability);
    }

    [Fact]
    public async Task A_full_outbox_behind_a_broker_that_is_away_does_not_end_the_waiting()
    {
        var confirmed = Run(Make(Confirm.Historian));
        _outbox.Status = new OutboxStatus { State = new OutboxState { Bytes = 99, CapBytes = 100 } };

        var until = _clock.GetUtcNow().AddMinutes(2);
        await Until("two minutes are over", () => _clock.GetUtcNow() > until);

        Assert.Equal("historian", confirmed.Look().Durability);
    }

    [Fact]
    public async Task A_full_book_holds_the_backlog_back_and_not_the_live_lane()
    {
        var confirmed = Make(Confirm.Historian, new ConfirmationBook(liveRoom: 100) { BacklogRoom = 20 });
        confirmed.Acknowledge(Some.Group(1, 10, Lane.Backlog));
        _outbox.Backlog.Writer.TryWrite(Some.Group(11, 10, Lane.Backlog));
        _outbox.Live.Writer.TryWrite(Some.Group(21, 10));

        var backlog = confirmed.TakeBacklogAsync(_stop.Token).AsTask();
        Assert.Equal(21, (await confirmed.TakeLiveAsync(_stop.Token)).FirstSeq);
        Assert.False(backlog.IsCompleted);

        confirmed.Heard(Of(1, 10));
        Assert.Equal(11, (await backlog).FirstSeq);
    }

    [Fact]
    public async Task A_historian_that_confirms_slowly_is_sent_less_backlog_at_once()
    {
        var confirmed = Make(Confirm.Historian);
        for (var first = 1; first <= BacklogWindow.Start; first += 1000)
            confirmed.Acknowledge(Some.Group(first, 1000, Lane.Backlog));
        _clock.Advance(BacklogWindow.Target * 4);
        for (var first = 1; first <= 8000; first += 1000)
            confirmed.Heard(Of(first, first + 999));
        _outbox.Backlog.Writer.TryWrite(Some.Group(20_001, 4000, Lane.Backlog));
        _outbox.Backlog.Writer.TryWrite(Some.Group(30_001, 10, Lane.Backlog));
        confirmed.Acknowledge(await confirmed.TakeBacklogAsync(_stop.Token));

        var next = confirmed.TakeBacklogAsync(_stop.Token).AsTask();
        Assert.False(next.IsCompleted); // 6,000 wait, which takes this historian long enough

        confirmed.Heard(Of(20_001, 24_000));
        Assert.Equal(30_001, (await next).FirstSeq);
    }

    [Fact]
    public async Task A_group_that_was_confirmed_while_it_lay_in_the_outbox_again_is_not_sent_again()
    {
        var confirmed = Make(Confirm.Historian);
        confirmed.Heard(Of(1, 10));
        _outbox.Backlog.Writer.TryWrite(Some.Group(1, 10, Lane.Backlog));
        _outbox.Backlog.Writer.TryWrite(Some.Group(11, 10, Lane.Backlog));

        Assert.Equal(11, (await confirmed.TakeBacklogAsync(_stop.Token)).FirstSeq);
        Assert.Equal(1, Assert.Single(_outbox.Acknowledged).FirstSeq);
    }

    [Fact]
    public async Task A_refused_record_is_explained_by_a_gap_before_its_group_leaves()
    {
        var confirmed = Run(Make(Confirm.Historian));
        confirmed.Refused([new RefusedRecord("e1", 2, "too large")]);
        confirmed.Acknowledge(Some.Group(1, 3));
        Assert.Empty(_outbox.Acknowledged);

        await Until("the gap is told", () => _outbox.Events.Count == 1);
        Assert.Equal(new SeqRange("e1", 2, 2), Assert.Single(_outbox.Events[0].Gap!.Numbers!));
        Assert.Equal("refused", _outbox.Events[0].Gap!.Cause);

        await Until("the group waits for the rest", () => confirmed.Look().Waiting == 3);
        confirmed.Heard(Of(1, 1));
        confirmed.Heard(Of(3, 3));
        Assert.Single(_outbox.Acknowledged);
    }

    private static Confirmation Of(long from, long to) =>
        new() { Agent = "a1", Ts = Some.At(0), Numbers = [new SeqRange("e1", from, to)] };

    private ConfirmedOutbox Make(Confirm confirm, ConfirmationBook? book = null)
    {
        var heard = new HeardCentre(_folder, NullLogger.Instance);
        return new ConfirmedOutbox(
            _outbox, new NoConfirmations(), new DurabilityLevel(confirm, heard.Ever), book ?? new(), heard, "north",
            ConfirmedOutbox.ResendAfter, _clock, NullLogger.Instance);
    }

    private ConfirmedOutbox Run(ConfirmedOutbox confirmed)
    {
        _running.Add(confirmed.RunAsync(_stop.Token));
        return confirmed;
    }

    private async Task Stop()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
    }

    private async Task Until(string what, Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"it never came true that {what}");
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(2);
        }
    }
}
