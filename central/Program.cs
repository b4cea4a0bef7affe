using System.CommandLine;
using Penstock.Central.Commands;

namespace Penstock.Central;

internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var root = new RootCommand("Penstock centre: takes records from agents, keeps their history, shows them live.")
        {
            RunCommand.Create(),
            HistoryCommand.Create(),
            VerifyCommand.Create(),
            DeadLettersCommand.Create(),
            TopicsCommand.Create(),
            TokenCommand.Create(),
            LoginLinkCommand.Create(),
        };
        var parsed = root.Parse(args);
        var code = await parsed.InvokeAsync();
        return parsed.Errors.Count > 0 ? ExitCode.WrongUsage : code;
    }
}
