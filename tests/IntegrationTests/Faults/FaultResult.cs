using System.Globalization;
using System.Text.Json;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>One line of the results table. Kept in <c>artifacts/faults</c>, from where the run writes tests/FAULTS.md.</summary>
internal sealed record FaultResult(string Fault, string What, int Seed)
{
    /// <summary>How often the fault was made.</summary>
    public int Injected { get; init; }

    /// <summary>Records that were judged.</summary>
    public long Records { get; init; }

    public long Lost { get; init; }

    public long Double { get; init; }

    public long Unexplained { get; init; }

    /// <summary>Never accepted, and told by a gap.</summary>
    public long Told { get; init; }

    /// <summary>From the failed part's return until data flows again, the longest.</summary>
    public TimeSpan Recovery { get; init; }

    /// <summary>Further longest times of this run, in seconds, by what they are of.</summary>
    public IReadOnlyDictionary<string, double>? Seconds { get; init; }

    /// <summary>Further figures of this run, by what they are of.</summary>
    public IReadOnlyDictionary<string, string>? Figures { get; init; }

    public bool IsClean => Lost == 0 && Double == 0 && Unexplained == 0;

    /// <summary>Writes the line, then fails the test when it is not clean.</summary>
    public void Tell(ITestOutputHelper output, IReadOnlyList<string> wrong)
    {
        var line = JsonSerializer.Serialize(this);
        output.WriteLine(line);
        var folder = Repository.Path("artifacts/faults");
        Directory.CreateDirectory(folder);
        var name = string.Create(CultureInfo.InvariantCulture, $"{Fault}-{What.Replace(' ', '-')}.json");
        File.WriteAllText(Path.Combine(folder, string.Concat(name.Split(Path.GetInvalidFileNameChars()))), line + "\n");
        Assert.True(wrong.Count == 0, $"seed {Seed}\n{string.Join('\n', wrong)}");
        Assert.True(IsClean, $"seed {Seed}: {line}");
    }
}
