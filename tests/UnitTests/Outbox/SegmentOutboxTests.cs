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

    private SegmentOutbox Open(StorageMode storage) => SegmentOutbox.Open(
        _folder, "a1", "north", new OutboxOptions { Storage = storage, SegmentBytes = 1 << 20, CapBytes = 8 << 20 },
        TimeProvider.System, NullLogger<SegmentOutbox>.Instance);
}
