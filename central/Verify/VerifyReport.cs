using System.Globalization;

namespace Penstock.Central.Verify;

/// <summary>The verdicts for people: one line an epoch, what is wrong, one sentence at the end.</summary>
internal static class VerifyReport
{
    private static readonly (string Title, Func<EpochVerdict, long> Value)[] Columns =
    [
        ("numbered", v => v.Numbered), ("stored", v => v.Stored), ("dead", v => v.Dead), ("dropped", v => v.Dropped),
        ("removed", v => v.Removed), ("waiting", v => v.Waiting), ("never accepted", v => v.NeverAccepted),
        ("lost", v => v.Lost), ("double", v => v.Double), ("unexplained", v => v.Unexplained),
    ];

    public static void Write(IReadOnlyList<EpochVerdict> verdicts, TextWriter output)
    {
        string[][] rows =
        [
            ["agent", "epoch", .. Columns.Select(column => column.Title)],
            .. verdicts.Select(verdict => (string[])[verdict.Agent, verdict.Epoch, .. Columns.Select(column => Number(column.Value(verdict)))]),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))));
        foreach (var verdict in verdicts)
        {
            foreach (var finding in verdict.Findings)
                output.WriteLine($"{finding.What}: {verdict.Agent} {verdict.Epoch}{Place(finding)}: {finding.Why}");
        }

        output.WriteLine(Sentence(verdicts));
    }

    public static string Sentence(IReadOnlyList<EpochVerdict> verdicts) =>
        $"{(verdicts.All(verdict => verdict.IsClean) ? "clean" : "NOT CLEAN")}: {Number(verdicts.Sum(v => v.Numbered))} numbers of {verdicts.Select(v => v.Agent).Distinct().Count()} agents, "
        + $"{Number(verdicts.Sum(v => v.Lost))} lost, {Number(verdicts.Sum(v => v.Double))} double, {Number(verdicts.Sum(v => v.Unexplained))} unexplained";

    private static string Place(Finding finding) =>
        finding.To == 0 ? "" : finding.From == finding.To ? $" number {finding.From}" : $" numbers {finding.From} to {finding.To}";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The same for programs.</summary>
internal sealed record VerifyView(bool Clean, long Numbered, long Lost, long Double, long Unexplained, IReadOnlyList<EpochVerdict> Epochs)
{
    public static VerifyView Of(IReadOnlyList<EpochVerdict> verdicts) => new(
        verdicts.All(verdict => verdict.IsClean), verdicts.Sum(v => v.Numbered), verdicts.Sum(v => v.Lost), verdicts.Sum(v => v.Double),
        verdicts.Sum(v => v.Unexplained), verdicts);
}
