using System.CommandLine;

namespace Penstock.LoadGenerator;

internal static class Program
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(3);

    public static async Task<int> Main(string[] args)
    {
        var root = new RootCommand("Plays agents with known content against a centre or a cluster, and judges the historian from outside.")
        {
            SendCommand.Create(),
            JudgeCommand.Create(),
            JudgeCommand.CreatePlant(),
        };
        return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = LongestStop });
    }
}
