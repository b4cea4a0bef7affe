using System.Text.Json;

namespace Penstock.EdgeAgent.Status;

/// <summary>
/// Where <c>penstock watch</c> writes. On a terminal each look is drawn over the one before; elsewhere looks follow one another.
/// Without colour when NO_COLOR is set, the terminal is dumb, or the output is no terminal.
/// </summary>
internal sealed class WatchScreen(TextWriter output, bool json, bool refresh)
{
    private const string OtherScreen = "\e[?1049h\e[?25l";
    private const string BackAgain = "\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string ClearToEndOfLine = "\e[K";
    private const string ClearToEnd = "\e[J";
    private const int WidthOfNoTerminal = 120;

    private readonly bool _colour = !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") != "dumb";

    private bool _entered;
    private string _last = "";

    public void Show(StatusView view) => Write(
        json ? JsonSerializer.Serialize(view, StatusJson.Default.StatusView) + "\n" : _last = WatchText.Of(view, Width, _colour));

    /// <summary>The last look stays below, marked as old.</summary>
    public void ShowTrouble(string trouble)
    {
        if (refresh)
            Write($"✖ {trouble}\n  what follows is old; trying again every second\n\n{_last}");
        else
            Console.Error.WriteLine(trouble);
    }

    /// <summary>Gives the terminal back as it was.</summary>
    public void Leave()
    {
        if (_entered)
            output.Write(BackAgain);
    }

    private static int Width => Console.IsOutputRedirected || Console.WindowWidth < 1 ? WidthOfNoTerminal : Console.WindowWidth;

    private void Write(string text)
    {
        if (!refresh)
        {
            output.Write(text);
            return;
        }

        var lines = Fitting(text.TrimEnd('\n').Split('\n'), Console.WindowHeight);
        output.Write((_entered ? "" : OtherScreen) + Home + string.Concat(lines.Select(line => line + ClearToEndOfLine + "\n")) + ClearToEnd);
        output.Flush();
        _entered = true;
    }

    /// <summary>More lines than the terminal has would scroll and leave a trail; the most important ones stand first.</summary>
    internal static IEnumerable<string> Fitting(string[] lines, int height)
    {
        var room = Math.Max(2, height - 1);
        return lines.Length <= room ? lines : [.. lines.Take(room - 1), $"… {lines.Length - room + 1} more lines: enlarge the terminal, or use --once"];
    }
}
