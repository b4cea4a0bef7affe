using System.Globalization;
using System.Text;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging.Abstractions;

namespace Penstock.Central.Logging;

/// <summary>Log lines as <c>HH:mm:ss.fff LEVEL message</c> on standard error; under systemd with the journal's priority instead of the time.</summary>
internal static class OneLine
{
    public static ILoggingBuilder AddOneLine(this ILoggingBuilder logging)
    {
        logging.Services.AddSingleton<ILoggerProvider>(
            provider => new OneLineProvider(Console.Error, SystemdHelpers.IsSystemdService(), provider.GetRequiredService<TimeProvider>()));
        return logging;
    }

    public static string Format(DateTimeOffset now, LogLevel level, string message, Exception? error, bool journal)
    {
        var line = new StringBuilder();
        if (journal)
            line.Append(CultureInfo.InvariantCulture, $"<{Priority(level)}>");
        else
            line.Append(CultureInfo.InvariantCulture, $"{now:HH:mm:ss.fff} {Name(level)} ");
        line.Append(message.ReplaceLineEndings(" "));
        if (error is not null && level >= LogLevel.Error)
            line.Append(" | ").Append(error.ToString().ReplaceLineEndings(" "));
        return line.ToString();
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO ",
        LogLevel.Warning => "WARN ",
        LogLevel.Error => "ERROR",
        _ => "CRIT ",
    };

    // RFC 5424, section 6.2.1.
    private static int Priority(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => 7,
        LogLevel.Information => 6,
        LogLevel.Warning => 4,
        LogLevel.Error => 3,
        _ => 2,
    };
}

internal sealed class OneLineProvider(TextWriter output, bool journal, TimeProvider clock) : ILoggerProvider
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new OneLineLogger(this);

    public void Dispose()
    {
    }

    private void Write(LogLevel level, string message, Exception? error)
    {
        var line = OneLine.Format(clock.GetLocalNow(), level, message, error, journal);
        lock (_lock)
            output.WriteLine(line);
    }

    private sealed class OneLineLogger(OneLineProvider provider) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(logLevel, formatter(state, exception), exception);
    }
}
