using Penstock.IntegrationTests.Kit;

namespace Penstock.Benchmarks;

internal static class Program
{
    /// <summary>Every benchmark, in the order of the table.</summary>
    private static readonly IReadOnlyList<IBenchmark> All =
    [
        new AgentLoad(), new PageLoad(), new ValueToPixel(), new OutboxAppend(), new OutboxDisk(), new IngestRate(),
        new LongHistory(), new PostgresCommit(), new PostgresQueries(), new StreamRate(), new KafkaForward(),
    ];

    public static async Task<int> Main(string[] names)
    {
        var chosen = names.Length == 0 ? All : [.. All.Where(benchmark => names.Contains(benchmark.Name))];
        if (chosen.Count < names.Length)
        {
            await Console.Error.WriteLineAsync($"Known: {string.Join(", ", All.Select(benchmark => benchmark.Name))}");
            return 2;
        }

        var table = Repository.Path("artifacts/bench.md");
        var report = new Report();
        foreach (var benchmark in chosen)
        {
            report.Add(benchmark.Name, await Run(benchmark));
            // What is measured stays, should a later benchmark be cut off.
            await File.WriteAllTextAsync(table, report.ToString());
        }

        Console.WriteLine(report);
        return report.AllReached ? 0 : 1;
    }

    private static async Task<IReadOnlyList<Figure>> Run(IBenchmark benchmark)
    {
        Console.WriteLine($"== {benchmark.Name}");
        try
        {
            return await benchmark.RunAsync(line => Console.WriteLine($"   {line}"));
        }
        catch (Exception error) when (error is InvalidOperationException or TimeoutException or HttpRequestException or IOException)
        {
            return [new Figure(benchmark.Name, error.Message.Split('\n')[0], "runs", false)];
        }
    }
}
