using System.Globalization;
using System.Text;

namespace Penstock.Protocols.Profiles;

/// <summary>Renders problems for people: place, code, the offending text underlined, and the repair.</summary>
public static class ProblemText
{
    private const int Width = 110;

    public static string Render(IEnumerable<Problem> problems) => string.Join("\n", problems.Select(Render));

    public static string Render(Problem problem)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{problem.Place}   {problem.Word} {problem.Code}   {problem.Message}\n");
        AppendExcerpt(text, problem);
        if (problem.Detail is { } detail)
            AppendWrapped(text, "   ", detail);
        if (problem.Repair is { } repair)
            AppendWrapped(text, "   Repair: ", repair);
        return text.ToString();
    }

    private static void AppendExcerpt(StringBuilder text, Problem problem)
    {
        if (problem.Excerpt.Count == 0)
            return;
        text.Append('\n');
        foreach (var line in problem.Excerpt)
            text.Append(CultureInfo.InvariantCulture, $"{line.Number,5} | {Visible(line.Text)}\n");
        var marks = new string('^', Math.Clamp(problem.Length, 1, 80));
        var note = problem.Note is null ? "" : " " + problem.Note;
        if (problem.Column > 0)
            text.Append(CultureInfo.InvariantCulture, $"      | {new string(' ', problem.Column - 1)}{marks}{note}\n");
    }

    /// <summary>A tab or another control character would move the underline or the terminal.</summary>
    private static string Visible(string line) =>
        string.Create(line.Length, line, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = source[i] == '\t' ? '→' : char.IsControl(source[i]) ? '·' : source[i];
        });

    private static void AppendWrapped(StringBuilder text, string head, string sentence)
    {
        var indent = new string(' ', head.Length);
        var line = head;
        foreach (var word in sentence.Split(' '))
        {
            if (line.Length + word.Length > Width && line.Trim().Length > 0)
            {
                text.Append(line.TrimEnd()).Append('\n');
                line = indent;
            }

            if (word.Length > 0 || line != indent)
                line += word + " ";
        }

        text.Append(line.TrimEnd()).Append('\n');
    }
}
