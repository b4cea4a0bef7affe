using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;
using Xunit;

namespace Penstock.UnitTests.Outbox;

/// <summary>The whole outbox on the real file system.</summary>
public sealed class SegmentOutboxTests : IDisposable
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private readonly string _folder = Directory.CreateTempSubdirectory("penstock-outbox").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(StorageMode.Ssd)]
    [InlineData(StorageMode.Card)]
    public async Task Appended_readings_come_out_on_the_live_lane(StorageMode storage)
    {
        await using var outbox = Open(storage);

        var accepted = await outbox.AppendAsync([Sample.Reading(1), Sample.Reading(2)], [], Token);
        var group = await outbox.TakeLiveAsync(Token);
        outbox.Acknowledge(group);
        await accepted;

        Assert.Equal((1, 2), (group.FirstSeq, group.Count));
        Assert.Equal([1, 2], Sample.Seqs(group));
        Assert.Equal(outbox.Epoch, group.Epoch);
    }

    [Fact]
    public async Task Records_that_were_accepted_come_again_after_an_open_without_close()
    {
        var first = Open(StorageMode.Ssd);
        await await first.AppendAsync([Sample.Reading(1), Sample.Reading(2)], [], Token);

        await using var second = Open(StorageMode.Ssd);
        var backlog = await second.TakeBacklogAsync(Token);
        var live = await second.TakeLiveAsync(Token);

        Assert.Equal((first.Epoch, 1, 2), (backlog.Epoch, backlog.FirstSeq, backlog.Count));
        Assert.Contains(GapCauses.UncleanStop, Encoding.UTF8.GetString(live.Lines.Span), StringComparison.Ordinal);
        Assert.NotEqual(first.Epoch, second.Epoch);
    }

    [Fact]
    public async Task After_an_orderly_close_the_gap_says_stopped_and_acknowledged_records_stay_away()
    {
        await using (var first = Open(StorageMode.Ssd))
        {
            await await first.AppendAsync([Sample.Reading(1)], [], Token);
            first.Acknowledge(await first.TakeLiveAsync(Token));
            await await first.AppendAsync([Sample.Reading(2)], [], Token);
        }

        await using var second = Open(StorageMode.Ssd);
        var backlog = await second.TakeBacklogAsync(Token);
        var live = await second.TakeLiveAsync(Token);

        Assert.Equal((2, 1), (backlog.FirstSeq, backlog.Count));
        Assert.Contains($"\"{GapCauses.Stopped}\"", Encoding.UTF8.GetString(live.Lines.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_returned_group_joins_the_backlog()
    {
        await using var outbox = Open(StorageMode.Ssd);
        await await outbox.AppendAsync([Sample.Reading(1)], [], Token);

        outbox.Return(await outbox.TakeLiveAsync(Token));
        var backlog = await outbox.TakeBacklogAsync(Token);

        Assert.Equal((Lane.Backlog, 1L, 1), (backlog.Lane, backlog.FirstSeq, backlog.Count));
    }

    [Fact]
    public async Task Takers_are_told_when_the_outbox_closes()
    {
        var outbox = Open(StorageMode.Ssd);
        var taking = outbox.TakeBacklogAsync(Token).AsTask();

        await outbox.DisposeAsync();

        await Assert.ThrowsAsync<OutboxException>(() => taking);
        await Assert.ThrowsAsync<OutboxException>(async () => await outbox.AppendAsync([], [], Token));
    }

    [Theory]
    [InlineData(StorageMode.Ssd)]
    [InlineData(StorageMode.Card)]
    public async Task Many_sources_and_both_lanes_at_once_lose_and_repeat_nothing(StorageMode storage)
    {
        const int sources = 4;
        const int appends = 150;
        var far = new FarEnd(sources * appends * 3);
        await using (var outbox = Open(storage))
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var lanes = new[] { far.TakeFrom(outbox, outbox.TakeLiveAsync, stop.Token), far.TakeFrom(outbox, outbox.TakeBacklogAsync, stop.Token) };
            var accepted = await Task.WhenAll(Enumerable.Range(0, sources).Select(source => AppendMany(outbox, source * appends * 3, appends)));
            await Task.WhenAll(accepted.SelectMany(tasks => tasks));
            await far.All.WaitAsync(Token);
            await stop.CancelAsync();
            await Task.WhenAll(lanes);
        }

        await using var again = Open(storage);
        var first = await again.TakeLiveAsync(Token);

        Assert.Empty(far.Wrong);
        Assert.Equal(0, again.Status.Epochs.Count(epoch => epoch.Epoch != again.Epoch));
        Assert.Contains($"\"{GapCauses.Stopped}\"", Encoding.UTF8.GetString(first.Lines.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_tells_what_waits()
    {
        var clock = new ModelClock();
        var outbox = Open(StorageMode.Ssd, clock);
        await await outbox.AppendAsync([Sample.Reading(1), Sample.Reading(2), Sample.Reading(3)], [], Token);
        outbox.Acknowledge(await outbox.TakeLiveAsync(Token));
        clock.Advance(TimeSpan.FromSeconds(2));
        await await outbox.AppendAsync([Sample.Reading(4), Sample.Reading(5)], [], Token);
        clock.Advance(TimeSpan.FromSeconds(2));
        await outbox.DisposeAsync();

        var status = outbox.Status;

        Assert.Equal((5, 3, 0), (status.Accepted, status.Acknowledged, status.Dropped));
        Assert.Equal(2, status.State.Records);
        Assert.Equal(Sample.Reading(4).Ts, status.State.Oldest);
        Assert.Equal([new EpochState(outbox.Epoch, 5, 4)], status.Epochs);
        Assert.Null(status.State.Trouble);
        Assert.InRange(status.State.Bytes, 1, 1 << 20);
        Assert.InRange(status.BytesWritten, 1, 1 << 20);
    }

    private static async Task<List<Task>> AppendMany(SegmentOutbox outbox, int from, int appends)
    {
        List<Task> accepted = [];
        for (var i = 0; i < appends; i++)
            accepted.Add(await outbox.AppendAsync([.. Enumerable.Range(from + (i * 3) + 1, 3).Select(Sample.Reading)], [], Token));
        return accepted;
    }

    private SegmentOutbox Open(StorageMode storage) => Open(storage, TimeProvider.System);

    private SegmentOutbox Open(StorageMode storage, TimeProvider clock) => SegmentOutbox.Open(
        _folder, "a1", "north", new OutboxOptions { Storage = storage, SegmentBytes = 1 << 20, CapBytes = 8 << 20, GroupFor = TimeSpan.FromMilliseconds(50) },
        clock, NullLogger<SegmentOutbox>.Instance);

    /// <summary>Acknowledges most groups, returns every fifth, and notes what never was right.</summary>
    private sealed class FarEnd(int expected)
    {
        private readonly ConcurrentDictionary<long, double> _kept = new();
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _groups;

        public Task All => _all.Task;

        public ConcurrentQueue<string> Wrong { get; } = new();

        public async Task TakeFrom(SegmentOutbox outbox, Func<CancellationToken, ValueTask<OutboxGroup>> take, CancellationToken token)
        {
            try
            {
                while (true)
                    Settle(outbox, await take(token));
            }
            catch (OperationCanceledException)
            {
                // The test has seen everything.
            }
        }

        private void Settle(SegmentOutbox outbox, OutboxGroup group)
        {
            if (Interlocked.Increment(ref _groups) % 5 == 0)
            {
                outbox.Return(group);
                return;
            }

            foreach (var item in Sample.Objects(group))
            {
                if (!_kept.TryAdd(item.GetProperty("seq").GetInt64(), item.GetProperty("value").GetDouble()))
                    Wrong.Enqueue($"{item} came twice");
            }

            outbox.Acknowledge(group);
            if (_kept.Count == expected && _kept.Values.Distinct().Count() == expected && _kept.Keys.Max() == expected)
                _all.TrySetResult();
        }
    }
}
