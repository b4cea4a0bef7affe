using System.Text.Json.Serialization;

namespace Penstock.Protocols.Profiles;

/// <summary>How much a problem weighs: an error rejects the file.</summary>
public enum Severity
{
    [JsonStringEnumMemberName("hint")] Hint,
    [JsonStringEnumMemberName("warning")] Warning,
    [JsonStringEnumMemberName("error")] Error,
}

/// <summary>A line of the file, shown with a problem.</summary>
public sealed record SourceLine(int Number, string Text);

/// <summary>One finding in a profile or site file: where, what, and how to repair it.</summary>
public sealed record Problem
{
    public required string File { get; init; }

    /// <summary>From 1; 0 when the whole file is meant.</summary>
    public int Line { get; init; }

    /// <summary>From 1; 0 when the whole line is meant.</summary>
    public int Column { get; init; }

    /// <summary>Characters underlined.</summary>
    public int Length { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>Short code of <c>hardware-profiles/README.md</c>: <c>S01</c>, <c>A06</c>.</summary>
    public required string Code { get; init; }

    public required string Message { get; init; }

    /// <summary>Stands behind the underline.</summary>
    public string? Note { get; init; }

    /// <summary>A further sentence, for example naming the neighbour.</summary>
    public string? Detail { get; init; }

    /// <summary>What to write instead.</summary>
    public string? Repair { get; init; }

    /// <summary>The offending line last.</summary>
    public IReadOnlyList<SourceLine> Excerpt { get; init; } = [];

    public static Problem OfFile(string file, string code, string message, string repair) =>
        new() { File = file, Severity = Severity.Error, Code = code, Message = message, Repair = repair };

    /// <summary>One line, for logs: <c>file:69:15 error A06 message</c>.</summary>
    public override string ToString() => $"{Place} {Word} {Code} {Message}";

    internal string Place => Line == 0 ? File : Column == 0 ? $"{File}:{Line}" : $"{File}:{Line}:{Column}";

    internal string Word => Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "hint" };
}
