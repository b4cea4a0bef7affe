using System.CommandLine;

namespace Penstock.EdgeAgent.Commands;

/// <summary><c>penstock site</c>: what can be asked about a site file. One line per subcommand.</summary>
internal static class SiteCommand
{
    public static Command Create() => new("site", "Check a site file.")
    {
        SiteCheckCommand.Create(),
    };
}
