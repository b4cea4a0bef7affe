using System.Buffers;
using Penstock.Central.Historian;
using Penstock.Central.Ingest;
using Penstock.Contracts;

namespace Penstock.Central.Kafka;

/// <summary>
/// Brings a batch into the historian, whatever it takes. Invariants: batches are committed in the order they were read and
/// the next one only after this one, so a position never passes a record that is not stored; nothing is skipped.
/// Failure: while the historian is down, the batch is tried again with back-off. A record that the historian refuses for
/// what it is, is found by halving and becomes a dead letter; the rest flows.
/// </summary>
internal sealed class BatchCommitter(IngestQueue queue, KafkaStatus status, KafkaMetrics metrics, TimeProvider clock, ILogger<BatchCommitter> log)
{
    private const int TriesOfOne = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Returns once the batch is durable: what was refused for good.</summary>
    public async Task<IReadOnlyList<RefusedLine>> CommitAsync(Batch batch, CancellationToken cancel)
    {
        if (batch.Tags.Count > 0)
            await SaveAsync(() => new TagsWork(batch.Tags), cancel);
        foreach (var beat in batch.Heartbeats)
            await SaveAsync(() => new HeartbeatWork(beat.Heartbeat, beat.Json), cancel);
        var refused = await StoreAsync(batch, batch.Group, batch.Read, cancel);
        metrics.Committed(batch, refused.Count);
        return refused;
    }

    private async Task<IReadOnlyList<RefusedLine>> StoreAsync(Batch batch, RecordGroup group, IReadOnlyList<StreamPosition> read, CancellationToken cancel)
    {
        var pause = FirstPause;
        for (var tries = 1; ; tries++)
        {
            try
            {
                var verdict = await queue.WaitAndOfferAsync(new RecordsWork(group) { Read = read, FromStream = true }, cancel);
                Recovered();
                return [.. verdict.Refused];
            }
            catch (Exception e) when (e is not OperationCanceledException && BlamesRecord(e) && group.Count > 1)
            {
                log.BatchHalved(group.Count, e.Message);
                var (left, right) = Halve(group);
                // The positions go with the last half: before it is stored, none of the batch counts as read.
                return [.. await StoreAsync(batch, left, [], cancel), .. await StoreAsync(batch, right, read, cancel)];
            }
            catch (Exception e) when (e is not OperationCanceledException && BlamesRecord(e) && group.Refused.Count == 0 && tries >= TriesOfOne)
            {
                group = new([], [], [Refuse(batch, group, e.Message)]);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                await PauseAsync(e, pause, cancel);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task SaveAsync(Func<IngestWork> work, CancellationToken cancel)
    {
        var pause = FirstPause;
        for (var tries = 1; ; tries++)
        {
            try
            {
                await queue.WaitAndOfferAsync(work(), cancel);
                Recovered();
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // No number hangs on a tag info or a heartbeat, and the next one replaces it.
                if (BlamesRecord(e) && tries >= TriesOfOne)
                {
                    log.InfoNotKept(e.Message);
                    return;
                }

                await PauseAsync(e, pause, cancel);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task PauseAsync(Exception e, TimeSpan pause, CancellationToken cancel)
    {
        if (status.HistorianFailed(e.Message))
            log.StreamWaitsForHistorian(e.Message);
        await Task.Delay(pause, clock, cancel);
    }

    private void Recovered()
    {
        if (status.HistorianRecovered())
            log.StreamGoesOn();
    }

    // What is no HistorianException is a bug that this content wakes: as far as the stream is concerned, the same.
    private static bool BlamesRecord(Exception e) => e is not HistorianException historian || historian.BlamesRecord;

    private static (RecordGroup Left, RecordGroup Right) Halve(RecordGroup group)
    {
        var half = group.Count / 2;
        var readings = Math.Min(half, group.Readings.Count);
        var events = Math.Min(half - readings, group.Events.Count);
        var refused = half - readings - events;
        return (
            new([.. group.Readings.Take(readings)], [.. group.Events.Take(events)], [.. group.Refused.Take(refused)]),
            new([.. group.Readings.Skip(readings)], [.. group.Events.Skip(events)], [.. group.Refused.Skip(refused)]));
    }

    private static RefusedLine Refuse(Batch batch, RecordGroup one, string reason)
    {
        var json = new ArrayBufferWriter<byte>();
        reason = $"the historian cannot store it: {reason}";
        if (one.Readings.Count == 1)
        {
            var (line, reading) = one.Readings[0];
            _ = RecordCodec.TryEncode(reading, json);
            return new(line, reading.Agent, reading.Epoch, reading.Seq, reason, json.WrittenSpan.ToArray()) { Origin = batch.Origins[line] };
        }

        var (place, item) = one.Events[0];
        _ = RecordCodec.TryEncode(item, json);
        return new(place, item.Agent, item.Epoch, item.Seq, reason, json.WrittenSpan.ToArray()) { Origin = batch.Origins[place] };
    }
}
