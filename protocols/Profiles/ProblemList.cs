using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles;

/// <summary>Collects every problem of one file; reading never stops at the first. The same finding at the same place counts once.</summary>
public sealed class ProblemList(SourceFile source)
{
    /// <summary>A file with more findings than this is not worth listing further.</summary>
    public const int Most = 500;

    private readonly List<Problem> _found = [];
    private readonly HashSet<(int Line, int Column, string Code, string Message)> _seen = [];
    private readonly HashSet<int> _secretLines = [];

    public SourceFile Source { get; } = source;

    public bool HasErrors { get; private set; }

    /// <summary>By line, then column.</summary>
    public IReadOnlyList<Problem> Sorted => [.. _found.Select(WithoutSecrets).OrderBy(p => p.Line).ThenBy(p => p.Column)];

    public void Error(string code, SourceSpan at, string message, string? note = null, string? repair = null, string? detail = null, int context = 0) =>
        Add(Severity.Error, code, at, message, note, repair, detail, context);

    public void Warn(string code, SourceSpan at, string message, string? note = null, string? repair = null, string? detail = null, int context = 0) =>
        Add(Severity.Warning, code, at, message, note, repair, detail, context);

    public void Hint(string code, SourceSpan at, string message, string? repair = null) =>
        Add(Severity.Hint, code, at, message, null, repair, null, 0);

    /// <summary>An error about a secret: its line is not shown, here or with another problem.</summary>
    public void Secret(SourceSpan at, string message, string repair)
    {
        _secretLines.Add(at.Line);
        Error(Codes.SecretInClear, at, message, repair: repair);
    }

    private Problem WithoutSecrets(Problem problem) =>
        problem.Excerpt.Any(l => _secretLines.Contains(l.Number)) ? problem with { Excerpt = [] } : problem;

    private void Add(Severity severity, string code, SourceSpan at, string message, string? note, string? repair, string? detail, int context)
    {
        HasErrors |= severity == Severity.Error;
        if (_found.Count >= Most || !_seen.Add((at.Line, at.Column, code, message)))
            return;
        _found.Add(new Problem
        {
            File = Source.Name,
            Line = at.Line,
            Column = at.Column,
            Length = at.Length,
            Severity = severity,
            Code = code,
            Message = message,
            Note = note,
            Detail = detail,
            Repair = repair,
            Excerpt = Excerpt(context, at.Line),
        });
    }

    private SourceLine[] Excerpt(int context, int line)
    {
        int[] numbers = context > 0 && context < line ? [context, line] : [line];
        return [.. numbers.Where(n => n >= 1 && n <= Source.Lines.Count).Select(n => new SourceLine(n, Source.Lines[n - 1]))];
    }
}
