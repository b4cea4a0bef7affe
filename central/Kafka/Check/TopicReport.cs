using System.Text;
using System.Text.Json;

namespace Penstock.Central.Kafka.Check;

/// <summary>The findings as a table for people or as JSON for machines.</summary>
internal static class TopicReport
{
    public static string Table(IReadOnlyList<Finding> findings)
    {
        string[][] rows = [["topic", "setting", "state", "wanted", "found", "then"], .. findings.Select(f => new[] { f.Topic, f.Setting, Word(f.State), f.Wanted, f.Found, Then(f) })];
        var widths = Enumerable.Range(0, 5).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            for (var column = 0; column < widths.Length; column++)
                text.Append(row[column].PadRight(widths[column] + 2));
            text.AppendLine(row[^1]);
        }

        return text.ToString();
    }

    public static string Json(IReadOnlyList<Finding> findings) => JsonSerializer.Serialize(
        new TopicReportView([.. findings.Select(f => new FindingView(f.Topic, f.Setting, Word(f.State), f.Wanted, f.Found, Word(f.Then), f.Why))]),
        CentralJson.Wire.TopicReportView);

    public static string Word(FindingState state) => state switch
    {
        FindingState.Ok => "ok",
        FindingState.Differs => "differs",
        FindingState.Missing => "missing",
        _ => "not checked",
    };

    private static string Word(Consequence then) => then switch
    {
        Consequence.Refuse => "refuse",
        Consequence.Warn => "warn",
        Consequence.Wait => "wait",
        _ => "none",
    };

    private static string Then(Finding f) => f.Why is null ? "" : f.Then == Consequence.None ? f.Why : $"{Word(f.Then)}: {f.Why}";
}

internal sealed record TopicReportView(IReadOnlyList<FindingView> Findings);

/// <summary>State is <c>ok</c>, <c>differs</c>, <c>missing</c> or <c>not checked</c>; then is what <c>run</c> does: <c>none</c>, <c>warn</c>, <c>wait</c>, <c>refuse</c>.</summary>
internal sealed record FindingView(string Topic, string Setting, string State, string Wanted, string Found, string Then, string? Why);
