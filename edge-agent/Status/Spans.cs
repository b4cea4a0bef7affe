using System.Globalization;

namespace Penstock.EdgeAgent.Status;

/// <summary>Spans of time as a person says them: <c>4 s</c>, <c>12 min</c>, <c>5.5 h</c>, <c>3 d</c>.</summary>
internal static class Spans
{
    public static string Short(TimeSpan span) => span.TotalSeconds switch
    {
        < 0 => "0 s",
        < 1 => $"{Text(span.TotalSeconds, "0.##")} s",
        < 10 => $"{Text(span.TotalSeconds, "0.#")} s",
        < 120 => $"{Text(span.TotalSeconds, "0")} s",
        < 7_200 => $"{Text(span.TotalMinutes, "0")} min",
        < 172_800 => $"{Text(span.TotalHours, "0.#")} h",
        _ => $"{Text(span.TotalDays, "0")} d",
    };

    public static string Hours(double hours) => $"{Text(Math.Max(0, hours), hours < 100 ? "0.#" : "0")} h";

    public static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
