using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Penstock.Central.Historian;
using Penstock.Central.Ingest;
using Penstock.Central.Kafka;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central.Kafka;

/// <summary>The test plays the writing task: what it refuses, what it takes, in which order.</summary>
public sealed class BatchCommitterTests : IAsyncDisposable
{
    private readonly IngestQueue _queue = new();
    private readonly KafkaStatus _status = new(new() { Brokers = "kafka:9092" });
    private readonly KafkaMetrics _metrics;
    private readonly BatchCommitter _committer;
    private readonly List<RecordsWork> _stored = [];
    private Func<RecordsWork, Exception?> _judge = _ => null;
    private readonly Task _writer;

    public BatchCommitterTests()
    {
        _metrics = new(_status);
        _committer = new(_queue, _status, _metrics, TimeProvider.System, NullLogger<BatchCommitter>.Instance);
        _writer = WriteAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await _writer;
        _metrics.Dispose();
    }

    [Fact]
    public async Task A_batch_goes_to_the_historian_with_its_positions_in_one_piece()
    {
        Assert.Empty(await _committer.CommitAsync(BatchOf(100), default));

        var work = Assert.Single(_stored);
        Assert.Equal((100, 107L), (work.Group.Count, Assert.Single(work.Read).Offset));
    }

    [Fact]
    public async Task A_record_that_makes_the_commit_fail_is_found_and_becomes_a_dead_letter_with_its_origin_and_the_rest_is_stored()
    {
        _judge = work => work.Group.Readings.Any(r => r.Record.Seq is 37 or 88) ? Blamed() : null;

        var refused = await _committer.CommitAsync(BatchOf(100), default);

        Assert.Equal([37L, 88L], refused.Select(line => line.Seq!.Value).Order());
        Assert.All(refused, line => Assert.Contains("will not do", line.Reason, StringComparison.Ordinal));
        Assert.Equal(new MessageOrigin("penstock.readings", 0, 43), refused.First(line => line.Seq == 37).Origin);
        Assert.Equal(98, _stored.Sum(work => work.Group.Readings.Count));
    }

    [Fact]
    public async Task Positions_are_committed_only_with_the_last_part_of_a_halved_batch()
    {
        _judge = work => work.Group.Readings.Any(r => r.Record.Seq == 3) ? Blamed() : null;

        await _committer.CommitAsync(BatchOf(64), default);

        Assert.All(_stored.SkipLast(1), work => Assert.Empty(work.Read));
        Assert.NotEmpty(_stored[^1].Read);
    }

    [Fact]
    public async Task A_bug_that_one_record_wakes_stops_only_that_record()
    {
        _judge = work => work.Group.Readings.Any(r => r.Record.Seq == 5) ? new InvalidCastException("a bug") : null;

        Assert.Equal(5, Assert.Single(await _committer.CommitAsync(BatchOf(10), default)).Seq);
    }

    [Fact]
    public async Task A_historian_that_is_down_is_waited_for_and_nothing_becomes_a_dead_letter()
    {
        var tries = 0;
        string? trouble = null;
        _judge = _ =>
        {
            trouble ??= tries > 0 ? _status.Trouble : null;
            return ++tries <= 3 ? new HistorianException("the disk is full") : null;
        };
        _status.BrokerRecovered();

        Assert.Empty(await _committer.CommitAsync(BatchOf(1), default));

        Assert.Single(Assert.Single(_stored).Group.Readings);
        Assert.Contains("the disk is full", trouble!, StringComparison.Ordinal);
        Assert.Null(_status.Trouble);
    }

    [Fact]
    public async Task A_historian_that_was_away_for_long_is_tried_again_within_a_second()
    {
        var clock = new FakeTimeProvider();
        var committer = new BatchCommitter(_queue, _status, _metrics, clock, NullLogger<BatchCommitter>.Instance);
        var tries = 0;
        _judge = _ => ++tries <= 12 ? new HistorianException("it is away") : null;

        var commit = committer.CommitAsync(BatchOf(1), default);
        for (var seconds = 0; seconds < 20 && !commit.IsCompleted; seconds++)
        {
            var before = tries;
            clock.Advance(TimeSpan.FromSeconds(1));
            SpinWait.SpinUntil(() => tries > before || commit.IsCompleted, TimeSpan.FromSeconds(5));
        }

        Assert.Empty(await commit.WaitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_heartbeat_that_cannot_be_kept_does_not_hold_up_the_records()
    {
        var batch = BatchOf(2) with { Heartbeats = [new(Contracts.Samples.Beat, [])] };
        _judge = work => null;

        Assert.Empty(await _committer.CommitAsync(batch, default));

        Assert.Equal(2, _stored.Sum(work => work.Group.Count));
    }

    private static HistorianException Blamed() => new("this one will not do") { BlamesRecord = true };

    private static Batch BatchOf(int readings)
    {
        var builder = new BatchBuilder(new("c", new Dictionary<string, string>()), TimeProvider.System);
        for (var i = 1; i <= readings; i++)
            builder.Add(new("penstock.readings", 0), i + 6, Reading(i), 100);
        return builder.Build();
    }

    private async Task WriteAsync()
    {
        await foreach (var work in _queue.Reader.ReadAllAsync())
        {
            if (work is not RecordsWork records)
            {
                work.Fail(Blamed());
            }
            else if (_judge(records) is { } reason)
            {
                work.Fail(reason);
            }
            else
            {
                _stored.Add(records);
                var verdict = new GroupVerdict { Stored = records.Group.Count };
                verdict.Refused.AddRange(records.Group.Refused);
                work.Complete(verdict);
            }
        }
    }
}
