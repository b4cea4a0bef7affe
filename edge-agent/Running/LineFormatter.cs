using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Penstock.EdgeAgent.Running;

/// <summary>
/// One line a log entry: <c>14:03:07.512 WARN  message</c>. Under systemd the journal's priority stands in front
/// (<c>&lt;4&gt;</c>, sd-daemon(3)) instead of the time, which the journal has itself.
/// </summary>
internal sealed class LineFormatter() : ConsoleFormatter(Form)
{
    public const string Form = "penstock-lines";

    private static readonly bool ToJournal = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };

    public static ILoggerFactory CreateFactory(bool verbose) => LoggerFactory.Create(logging => logging
        .SetMinimumLevel(verbose ? LogLevel.Debug : LogLevel.Information)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None) // what it reports is thrown as well, and told once
        .AddFilter("System", LogLevel.Warning)
        .AddConsole(console =>
        {
            console.FormatterName = Form;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        })
        .Services.AddSingleton<ConsoleFormatter, LineFormatter>());

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var (name, priority) = Level(logEntry.LogLevel);
        textWriter.Write(ToJournal ? $"<{priority}>" : $"{TimeProvider.System.GetLocalNow():HH:mm:ss.fff} {name} ");
        textWriter.Write(OneLine(logEntry.Formatter(logEntry.State, logEntry.Exception)));
        if (logEntry.Exception is { } error)
            textWriter.Write(": " + OneLine(error.ToString()));
        textWriter.Write('\n');
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" | ");

    private static (string Name, int Priority) Level(LogLevel level) => level switch
    {
        LogLevel.Critical => ("FATAL", 2),
        LogLevel.Error => ("ERROR", 3),
        LogLevel.Warning => ("WARN ", 4),
        LogLevel.Information => ("INFO ", 6),
        _ => ("DEBUG", 7),
    };
}
