using System.Buffers;
using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;
using Penstock.IntegrationTests.Kit;
using ZstdSharp;

namespace Penstock.Benchmarks;

/// <summary>
/// What the outbox writes in a day at 200 tags and one reading a second each: in compressed time, on a real folder whose
/// syncs are left out and whose writes are counted in pages of 4 KiB, as a medium counts them. Beside it, counted in
/// the same way, a bare append of the same groups, packed, with a sync each.
/// </summary>
internal sealed class OutboxDisk : IBenchmark
{
    private const int Tags = 200;
    private const int Minutes = 30;

    private static readonly TimeSpan Quarter = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan[] Groups = [Quarter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    public string Name => "outbox-disk";

    public Task<IReadOnlyList<Figure>> RunAsync(Action<string> say)
    {
        List<Figure> figures = [];
        foreach (var storage in new[] { StorageMode.Ssd, StorageMode.Card })
        {
            // On an SSD a commit follows every pause; only on a card do groups wait.
            foreach (var group in storage is StorageMode.Ssd ? Groups[..1] : Groups)
            {
                foreach (var link in new[] { true, false })
                    figures.AddRange(Day(storage, group, link, say));
            }
        }

        return Task.FromResult<IReadOnlyList<Figure>>(figures);
    }

    private static IEnumerable<Figure> Day(StorageMode storage, TimeSpan group, bool link, Action<string> say)
    {
        using var folder = new TempFolder();
        var files = new PageFiles(new DiskFiles(folder["outbox"]));
        var clock = new RunClock();
        var log = new SegmentLog(files, new OutboxOptions { Storage = storage, GroupFor = group, FreeFloorBytes = 0 }, clock, "bench", "bench", "e1", NullLogger.Instance);
        using var engine = new OutboxEngine(log, new OutboxOptions { Storage = storage, GroupFor = group, FreeFloorBytes = 0 }, clock, "bench", "e1", "bench", NullLogger.Instance);
        engine.Open();
        for (var quarter = 0; quarter < Minutes * 60 * 4; quarter++)
        {
            engine.Append([.. Batch(quarter, clock)], [], new Acceptance());
            clock.Advance(Quarter);
            while (link && engine.Live.TryTake() is { } taken)
                engine.Acknowledge(taken);
            if (engine.IsDue)
                engine.Commit();
        }

        var perDay = 24.0 * 60 / Minutes;
        var what = $"{storage.ToString().ToLowerInvariant()}, groups of {group.TotalSeconds} s, {(link ? "link up" : "no link")}";
        var bare = BarePages(group) * perDay * 4096 / 1e6;
        var ours = files.Pages * perDay * 4096 / 1e6;
        say($"{what}: {ours:0} MB a day, {log.Counts.Syncs * perDay:0} syncs, bare {bare:0} MB");
        yield return Figure.Plain($"written in a day at {Tags} tags x 1 Hz: {what}", ours, "MB");
        yield return Figure.AtMost($"written / bare append: {what}", ours / bare, 2.5, "");
    }

    /// <summary>Pages of a bare append: the same readings as lines, packed group by group, one growing file, a sync after each.</summary>
    private static long BarePages(TimeSpan group)
    {
        using var folder = new TempFolder();
        var files = new PageFiles(new DiskFiles(folder["bare"]));
        using var file = files.Create("bare", 64 << 20);
        using var packer = new Compressor(1);
        var clock = new RunClock();
        var quarters = (int)(group / Quarter);
        var lines = new ArrayBufferWriter<byte>();
        var (seq, end) = (0L, 0L);
        for (var quarter = 1; quarter <= Minutes * 60 * 4; quarter++)
        {
            foreach (var reading in Batch(quarter - 1, clock))
            {
                RecordCodec.TryEncode(reading with { Agent = "bench", Epoch = "20261125t174155-06f176c770", Seq = ++seq }, lines);
                lines.Write("\n"u8);
            }

            clock.Advance(Quarter);
            if (quarter % quarters != 0)
                continue;
            var packed = packer.Wrap(lines.WrittenSpan);
            file.Write(end, packed);
            file.Sync();
            end += packed.Length;
            lines.ResetWrittenCount();
        }

        return files.Pages;
    }

    // Polls come spread over the second, four batches of 50 tags.
    private static IEnumerable<Reading> Batch(int quarter, RunClock clock) => Enumerable.Range(quarter % 4 * 50, 50).Select(n => Reading(n, clock));

    private static Reading Reading(int n, RunClock clock) => new()
    {
        Site = "bench",
        Device = $"device-{n / 20}",
        Tag = $"value_{n % 20}",
        Kind = Kinds.Plc,
        Ts = Timestamp.Now(clock),
        Value = Math.Round(230 + (Math.Sin(n + clock.GetTimestamp()) * 5), 2),
        Unit = "V",
    };
}
