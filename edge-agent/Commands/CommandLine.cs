using System.CommandLine;

namespace Penstock.EdgeAgent.Commands;

/// <summary>Exit codes of every command: 0 fine, 1 it found a problem or failed while running, 2 wrong usage or configuration.</summary>
internal static class ExitCode
{
    public const int Fine = 0;
    public const int Problem = 1;
    public const int WrongUsage = 2;
}

internal static class CommandLine
{
    // A command that was told to stop bounds its own end; this only cuts one that does not.
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = LongestStop });
        return parsed.Errors.Count > 0 ? ExitCode.WrongUsage : code;
    }
}
