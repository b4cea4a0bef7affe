using System.CommandLine;

namespace Penstock.EdgeAgent;

internal static class Program
{
    public static Task<int> Main(string[] args)
    {
        var root = new RootCommand("Penstock edge agent: reads devices, keeps what it read on disk, forwards it to the centre.");
        return Commands.CommandLine.RunAsync(root, args);
    }
}
