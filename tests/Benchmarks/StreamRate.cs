using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Confluent.Kafka;
using Penstock.Contracts;
using Penstock.IntegrationTests.Kit;
using Timestamp = Penstock.Contracts.Timestamp;

namespace Penstock.Benchmarks;

/// <summary>
/// Readings a second from a topic that is full already to the historian, with ledger, roll-up marks and confirmations; broker,
/// database and centre share the machine. Once with SQLite, once with PostgreSQL. PENSTOCK_BENCH_READINGS sets how many.
/// </summary>
internal sealed class StreamRate : IBenchmark
{
    private const int Devices = 12;
    private const int TagsPerDevice = 25;
    private static readonly int Readings = int.Parse(Environment.GetEnvironmentVariable("PENSTOCK_BENCH_READINGS") ?? "600000", CultureInfo.InvariantCulture);

    public string Name => "stream";

    public async Task<IReadOnlyList<Figure>> RunAsync(Action<string> say)
    {
        if (KafkaRuntime.Missing is { } missing)
            return [new("Kafka to historian", $"needs {missing}", "runs", false)];
        using var folder = new TempFolder();
        await using var kafka = await KafkaServer.Start();
        using var topics = await PlantTopics.Make(kafka, folder);
        await Fill(kafka, topics["readings"]);
        say($"{Readings} readings in Kafka");
        List<Figure> figures = [.. await Measure("SQLite", folder["sqlite"], topics, [], say)];
        if (PostgresServer.Programs is null)
            return figures;
        await using var postgres = await PostgresServer.Start("shared_buffers=512MB", "max_wal_size=4GB");
        await postgres.Sql("postgres", "CREATE DATABASE penstock");
        figures.AddRange(await Measure("PostgreSQL", folder["postgres"], topics, ["--historian", $"Host={postgres.Host};Username=postgres;Database=penstock"], say));
        return figures;
    }

    // From the first commit seen to the last: joining the group takes the broker seconds that are no work of ours.
    private static async Task<IReadOnlyList<Figure>> Measure(string engine, string folder, PlantTopics topics, IReadOnlyList<string> historian, Action<string> say)
    {
        await using var centre = await Centre.Start(folder, more: [.. topics.Arguments, .. historian]);
        await Until.True("the first commit", async () => await Stored(centre) > 0, TimeSpan.FromSeconds(60));
        var (first, before, clock) = (await Stored(centre), ProcessUse.Of(centre.Program.Id, TimeProvider.System), Stopwatch.StartNew());
        await Until.True("all is stored", async () => await Stored(centre) >= Readings, TimeSpan.FromMinutes(5));
        var took = clock.Elapsed.TotalSeconds;
        var after = ProcessUse.Of(centre.Program.Id, TimeProvider.System);
        var count = Readings - first;
        say($"{engine}: {count} readings in {took:0.0} s");
        return
        [
            engine == "SQLite" ? Figure.Plain($"Kafka to {engine}, readings", count / took, "/s") : Figure.AtLeast($"Kafka to {engine}, readings", count / took, 50_000, "/s"),
            Figure.Plain($"CPU of the centre per reading, {engine}", (after.Cpu - before.Cpu).TotalMicroseconds / count, "us"),
            Figure.Plain($"memory of the centre, {engine}", after.ResidentBytes / 1e6, "MB"),
        ];
    }

    private static async Task<double> Stored(Centre centre)
    {
        var line = (await centre.Http.GetStringAsync("metrics")).Split('\n').FirstOrDefault(l => l.StartsWith("ingest_records_stored_total", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static async Task Fill(KafkaServer kafka, string topic)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig
        {
            BootstrapServers = kafka.Bootstrap,
            LingerMs = 50,
            CompressionType = CompressionType.Lz4,
            Partitioner = Partitioner.Murmur2Random,
            QueueBufferingMaxMessages = 200_000,
        }).Build();
        var start = Timestamp.Now(TimeProvider.System) - TimeSpan.FromHours(6);
        for (var n = 0; n < Readings; n++)
        {
            var device = n % Devices;
            var seq = (n / Devices) + 1;
            var value = JsonSerializer.SerializeToUtf8Bytes(Row(device, seq, start), ContractsJson.Wire.Reading);
            while (!TryProduce(producer, topic, $"bench/device-{device}", value))
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        producer.Flush(TimeSpan.FromMinutes(1));
    }

    private static bool TryProduce(IProducer<string, byte[]> producer, string topic, string key, byte[] value)
    {
        try
        {
            producer.Produce(topic, new() { Key = key, Value = value });
            return true;
        }
        catch (ProduceException<string, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
    }

    private static Reading Row(int device, int seq, Timestamp start) => new()
    {
        Site = "bench",
        Device = $"device-{device}",
        Tag = $"t{seq % TagsPerDevice:00}",
        Kind = Kinds.Plc,
        Ts = start + TimeSpan.FromMilliseconds(seq / TagsPerDevice * 1000.0),
        Value = Math.Round(Math.Sin(seq / 1000.0) * 500, 2),
        Unit = "V",
        Agent = $"agent-{device % 4}",
        Epoch = $"e{device}",
        Seq = seq,
    };
}
