using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;
using Penstock.IntegrationTests.Kit;
using ZstdSharp;

namespace Penstock.Benchmarks;

/// <summary>
/// Groups of 1,000 readings (about 190 bytes of JSON each): through the segment log, which packs, checks, frames and syncs
/// lines; and through the whole outbox, which numbers and encodes readings first; against appending the same groups, as lines
/// and packed beforehand, to a bare growing file with a data sync each. In turns, in one run; then again with every sync 20 ms
/// longer, as on an SD card.
/// </summary>
internal sealed class OutboxAppend : IBenchmark
{
    private const int Group = 1000;
    private const int Rounds = 9;

    private static readonly TimeSpan CardSync = TimeSpan.FromMilliseconds(20);

    public string Name => "outbox";

    public Task<IReadOnlyList<Figure>> RunAsync(Action<string> say)
    {
        var readings = Enumerable.Range(0, Group).Select(Reading).ToList();
        List<Figure> figures = [];
        figures.AddRange(Compare(readings, TimeSpan.Zero, groups: 40, "", say));
        figures.AddRange(Compare(readings, CardSync, groups: 10, ", each sync 20 ms longer", say));
        figures.Add(OpenFull(readings, say));
        return Task.FromResult<IReadOnlyList<Figure>>(figures);
    }

    private static IEnumerable<Figure> Compare(List<Reading> readings, TimeSpan delay, int groups, string condition, Action<string> say)
    {
        using var folder = new TempFolder();
        var files = new SlowFiles(new DiskFiles(folder["outbox"]), delay);
        using var engine = Open(files, new OutboxOptions());
        using var log = new LogAlone(new SlowFiles(new DiskFiles(folder["log"]), delay), Lines(readings));
        using var bare = new BareFile(new SlowFiles(new DiskFiles(folder["bare"]), delay), Lines(readings));
        using var small = new BareFile(new SlowFiles(new DiskFiles(folder["small"]), delay), Pack(readings));
        List<double> outbox = [];
        List<double> segments = [];
        List<double> floor = [];
        List<double> smallest = [];
        for (var round = 0; round <= Rounds; round++)
        {
            var whole = Rate(groups, () => Append(engine, readings));
            var alone = Rate(groups, log.Append);
            var theirs = Rate(groups, bare.Append);
            var packed = Rate(groups, small.Append);
            if (round == 0)
                continue;
            outbox.Add(whole);
            segments.Add(alone);
            floor.Add(theirs);
            smallest.Add(packed);
        }

        say($"log {Median(segments):0}/s, outbox {Median(outbox):0}/s, bare {Median(floor):0}/s, bare and packed {Median(smallest):0}/s{condition}");
        yield return Figure.Plain($"bare append + sync, groups of {Group}{condition}", Median(floor), "records/s");
        yield return Figure.Plain($"segment log, the same groups{condition}", Median(segments), "records/s");
        yield return Figure.AtLeast($"segment log / bare{condition}", Median(segments.Zip(floor, (a, b) => a / b)), 0.6);
        yield return Figure.Plain($"segment log / bare append of what was packed before{condition}", Median(segments.Zip(smallest, (a, b) => a / b)), "");
        yield return Figure.Plain($"outbox from readings, numbering and JSON included{condition}", Median(outbox), "records/s");
        yield return Figure.Plain($"outbox from readings / bare{condition}", Median(outbox.Zip(floor, (a, b) => a / b)), "");
    }

    /// <summary>Start with a gibibyte waiting.</summary>
    private static Figure OpenFull(List<Reading> readings, Action<string> say)
    {
        using var folder = new TempFolder();
        var files = new SlowFiles(new DiskFiles(folder["outbox"]), TimeSpan.Zero) { Honest = false };
        var options = new OutboxOptions { CapBytes = 2L << 30 };
        using (var engine = Open(files, options))
        {
            for (var written = 0L; written < 1L << 30; written = files.Written)
                Append(engine, readings);
            engine.Close();
        }

        var clock = Stopwatch.StartNew();
        using var again = Open(files, options);
        say($"{files.Written / 1e6:0} MB read and checked in {clock.Elapsed.TotalSeconds:0.00} s");
        return Figure.AtMost("open with 1 GiB waiting", clock.Elapsed.TotalSeconds, 2, "s");
    }

    private static OutboxEngine Open(IOutboxFiles files, OutboxOptions options)
    {
        var clock = TimeProvider.System;
        var epoch = EpochName.New(clock, Random.Shared);
        var log = new SegmentLog(files, options, clock, "bench", "bench", epoch, NullLogger.Instance);
        var engine = new OutboxEngine(log, options, clock, "bench", epoch, "bench", NullLogger.Instance);
        engine.Open();
        return engine;
    }

    private static void Append(OutboxEngine engine, List<Reading> readings)
    {
        engine.Append(readings, [], new Acceptance());
        if (!engine.Commit())
            throw new InvalidOperationException($"the disk failed: {engine.Trouble}");
    }

    private static byte[] Lines(List<Reading> readings)
    {
        var lines = new ArrayBufferWriter<byte>();
        var epoch = EpochName.New(TimeProvider.System, Random.Shared);
        foreach (var (seq, reading) in readings.Index())
        {
            RecordCodec.TryEncode(reading with { Agent = "bench", Epoch = epoch, Seq = 1_000_000 + seq }, lines);
            lines.Write("\n"u8);
        }

        return lines.WrittenSpan.ToArray();
    }

    private static byte[] Pack(List<Reading> readings)
    {
        using var packer = new Compressor(1);
        return packer.Wrap(Lines(readings)).ToArray();
    }

    private static double Rate(int groups, Action append)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < groups; i++)
            append();
        return groups * Group / clock.Elapsed.TotalSeconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private static Reading Reading(int n) => new()
    {
        Site = "bench",
        Device = $"device-{n % 10}",
        Tag = $"voltage_l{n / 10}",
        Kind = Kinds.Plc,
        Ts = Timestamp.Parse("2026-01-31T12:00:00Z") + TimeSpan.FromMicroseconds(n * 997),
        Value = Math.Round(230 + (Math.Sin(n) * 5), 2),
        Unit = "V",
    };

    private sealed class BareFile(IOutboxFiles files, byte[] group) : IDisposable
    {
        private readonly IOutboxFile _file = files.Create("bare", 1);
        private long _end;

        public void Append()
        {
            _file.Write(_end, group);
            _file.Sync();
            _end += group.Length;
        }

        public void Dispose() => _file.Dispose();
    }

    private sealed class LogAlone : IDisposable
    {
        private readonly SegmentLog _log;
        private readonly byte[] _lines;
        private long _last;

        public LogAlone(IOutboxFiles files, byte[] lines)
        {
            _lines = lines;
            _log = new SegmentLog(files, new OutboxOptions(), TimeProvider.System, "bench", "bench", "e1", NullLogger.Instance);
            _log.Recover();
        }

        public void Append()
        {
            var now = Timestamp.Now(TimeProvider.System);
            _log.Commit([new NumberedLines(_last + 1, Group, now, now, false, _lines)], _last += Group, null);
        }

        public void Dispose() => _log.Dispose();
    }
}
