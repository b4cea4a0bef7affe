using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Contracts;
using Penstock.EdgeAgent.Forwarding;
using Penstock.EdgeAgent.Forwarding.Kafka;
using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Running;
using Penstock.EdgeAgent.Site;
using Penstock.IntegrationTests.Kit;

namespace Penstock.Benchmarks;

/// <summary>
/// A filled outbox through the agent's two lanes into one real broker, against a bare producer with the same settings that is
/// handed the same bytes from memory; in turns, in one run. The agent's side reads, checks and unpacks segments, tells topic and
/// key of each line, and writes its acknowledgements.
/// </summary>
internal sealed class KafkaForward : IBenchmark
{
    private const int Records = 300_000;
    private const int Rounds = 3;
    private const string Topic = "bench.readings";

    public string Name => "kafka";

    public async Task<IReadOnlyList<Figure>> RunAsync(Action<string> say)
    {
        if (KafkaRuntime.Missing is { } missing)
            throw new InvalidOperationException($"needs {missing}");
        await using var server = await KafkaServer.Start(settings: ["log.retention.bytes=268435456"]);
        foreach (var topic in new[] { Topic, "bench.events", "bench.tags", "bench.agents" })
            await server.Topic(topic, 4);
        var options = new ForwardOptions
        {
            Type = ForwardType.Kafka,
            Address = server.Bootstrap,
            Confirm = Confirm.Broker,
            Topics = new() { Readings = Topic, Events = "bench.events", Tags = "bench.tags", Agents = "bench.agents" },
        };
        List<Run> ours = [];
        List<Run> bare = [];
        for (var round = 0; round <= Rounds; round++)
        {
            var readings = Enumerable.Range(0, Records).Select(Reading).ToList();
            var one = await ForwardAsync(options, readings);
            var other = await BareAsync(options, readings);
            say($"round {round}{(round == 0 ? " (warming)" : "")}: agent {one.Rate:0}/s at {one.CpuMicroseconds:0.00} us, bare {other.Rate:0}/s at {other.CpuMicroseconds:0.00} us");
            if (round == 0)
                continue;
            ours.Add(one);
            bare.Add(other);
        }

        return
        [
            Figure.Plain("outbox to Kafka, readings", Median(ours.Select(run => run.Rate)), "/s"),
            Figure.Plain("CPU of the agent for a reading", Median(ours.Select(run => run.CpuMicroseconds)), "us"),
            Figure.Plain("bare producer, the same bytes", Median(bare.Select(run => run.Rate)), "/s"),
            Figure.Plain("CPU of the bare producer for a reading", Median(bare.Select(run => run.CpuMicroseconds)), "us"),
            Figure.AtLeast("outbox to Kafka / bare producer", Median(ours.Zip(bare, (a, b) => a.Rate / b.Rate)), 0.5),
        ];
    }

    private static async Task<Run> ForwardAsync(ForwardOptions options, List<Reading> readings)
    {
        using var folder = new TempFolder();
        var clock = TimeProvider.System;
        await using (var filling = Open(folder))
        {
            List<Task> accepted = [];
            foreach (var part in readings.Chunk(1000))
                accepted.Add(await filling.AppendAsync(part, [], default));
            await Task.WhenAll(accepted);
        }

        await using var outbox = Open(folder);
        await using var publisher = new KafkaPublisher(
            options, new KafkaFaults(options.Address!, options.Security), // set by the benchmark
            events => new LibrdkafkaProducer(KafkaConfig.Producer(options, "bench", _ => null), events, NullLogger.Instance), clock, NullLogger.Instance);
        using var counters = new AgentCounters();
        using var stop = new CancellationTokenSource();
        var link = new LinkMonitor("bench", "broker", clock, NullLogger.Instance);
        var refused = new RefusedRecords(folder["refused"], counters, clock, NullLogger.Instance);
        var use = Use.Begin();
        var running = new Forwarder(outbox, publisher, link, refused, counters, clock, NullLogger.Instance).RunAsync(stop.Token);
        await Until.True("the outbox is empty", () => counters.RecordsDelivered.Value >= Records, TimeSpan.FromMinutes(2));
        var run = use.End(Records);
        await stop.CancelAsync();
        await running;
        return run;
    }

    private static SegmentOutbox Open(TempFolder folder) =>
        SegmentOutbox.Open(folder["outbox"], "bench", "bench", new OutboxOptions { CapBytes = 4L << 30 }, TimeProvider.System, NullLogger<SegmentOutbox>.Instance);

    private static async Task<Run> BareAsync(ForwardOptions options, List<Reading> readings)
    {
        var lines = readings.Select((reading, index) => Line(reading with { Agent = "bench", Epoch = "20261125t174155-06f176c770", Seq = index + 1 })).ToList();
        var keys = readings.Select(reading => Encoding.UTF8.GetBytes(Topics.Key(reading.Site, reading.Device))).ToList();
        using var producer = new ProducerBuilder<byte[], byte[]>(KafkaConfig.Producer(options, "bare", _ => null)).Build();
        var open = lines.Count;
        // What comes after it ends the client, and must not do so on the client's own thread.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var use = Use.Begin();
        for (var i = 0; i < lines.Count; i++)
        {
            while (!TryProduce(producer, keys[i], lines[i], Answered))
                await Task.Delay(1);
        }

        await done.Task;
        return use.End(Records);

        void Answered(DeliveryReport<byte[], byte[]> report)
        {
            if (report.Error.IsError)
                done.TrySetException(new InvalidOperationException(report.Error.Reason));
            if (Interlocked.Decrement(ref open) == 0)
                done.TrySetResult();
        }
    }

    private static bool TryProduce(IProducer<byte[], byte[]> producer, byte[] key, byte[] value, Action<DeliveryReport<byte[], byte[]>> answered)
    {
        try
        {
            producer.Produce(Topic, new() { Key = key, Value = value }, answered);
            return true;
        }
        catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
    }

    private static byte[] Line(Reading reading)
    {
        var line = new System.Buffers.ArrayBufferWriter<byte>();
        RecordCodec.TryEncode(reading, line);
        return line.WrittenSpan.ToArray();
    }

    private static Reading Reading(int n) => new()
    {
        Site = "bench",
        Device = $"device-{n / 25 % 8}",
        Tag = $"tag_{n % 25:00}",
        Kind = Kinds.Plc,
        Ts = Contracts.Timestamp.Now(TimeProvider.System),
        Value = Math.Round(Math.Sin(n / 1000.0) * 500, 2),
        Unit = "V",
    };

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private sealed record Run(double Rate, double CpuMicroseconds);

    private sealed record Use(long Time, TimeSpan Cpu)
    {
        public static Use Begin() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);

        public Run End(int records) => new(
            records / Stopwatch.GetElapsedTime(Time).TotalSeconds,
            (Environment.CpuUsage.TotalTime - Cpu).TotalMicroseconds / records);
    }
}
