using System.CommandLine;
using Penstock.EdgeAgent.Commands;

namespace Penstock.EdgeAgent;

internal static class Program
{
    public static Task<int> Main(string[] args)
    {
        var root = new RootCommand("Penstock edge agent: reads devices, keeps what it read on disk, forwards it to the centre.")
        {
            RunCommand.Create(),
            WatchCommand.Create(),
            OutboxCommand.Create(),
            ProfileCommand.Create(),
            SiteCommand.Create(),
        };
        return CommandLine.RunAsync(root, args);
    }
}
