using System.Globalization;
using System.Text;

namespace Penstock.Benchmarks;

/// <summary>The table that <c>make bench</c> leaves in <c>artifacts/bench.md</c>.</summary>
internal sealed class Report
{
    private readonly List<(string Name, IReadOnlyList<Figure> Figures)> _parts = [];

    public bool AllReached => _parts.SelectMany(part => part.Figures).All(figure => figure.Reached != false);

    public void Add(string name, IReadOnlyList<Figure> figures) => _parts.Add((name, figures));

    public override string ToString()
    {
        var text = new StringBuilder("# Benchmarks\n\n");
        text.AppendLine(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, {Load()}, .NET {Environment.Version}\n");
        text.AppendLine("| what | figure | goal | reached |\n| --- | --- | --- | --- |");
        foreach (var (name, figures) in _parts)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| **{name}** | | | |");
            foreach (var figure in figures)
                text.AppendLine(figure.ToString());
        }

        return text.ToString();
    }

    private static string Load() => "load average " + File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
