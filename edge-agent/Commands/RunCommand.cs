using System.CommandLine;
using System.Net;
using Penstock.EdgeAgent.Running;

namespace Penstock.EdgeAgent.Commands;

/// <summary><c>penstock run</c>: the agent itself.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var site = new Option<string>("--site") { Description = "The site file: what is read, and where it is sent.", Required = true };
        var data = new Option<string>("--data") { Description = "Folder of this agent: its identity and its outbox. Made when missing.", Required = true };
        var profiles = new Option<string[]>("--profiles") { Description = "Folder of hardware profiles, searched before hardware-profiles; may be given more than once.", DefaultValueFactory = _ => [] };
        var listen = new Option<IPEndPoint>("--listen")
        {
            Description = "Loopback address of the status page; port 0 takes a free one.",
            DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, 0),
            CustomParser = result =>
            {
                if (IPEndPoint.TryParse(result.Tokens[0].Value, out var point) && IPAddress.IsLoopback(point.Address))
                    return point;
                result.AddError($"--listen {result.Tokens[0].Value} is not a loopback address; write 127.0.0.1:PORT, and look from elsewhere through  ssh -L PORT:127.0.0.1:PORT");
                return null;
            },
        };
        var verbose = new Option<bool>("--verbose") { Description = "Log every delivery and every detail." };
        var command = new Command("run", "Read the devices of a site, keep what was read, forward it.") { site, data, profiles, listen, verbose };
        command.SetAction((parsed, token) => new RunProgram(new RunSettings
        {
            Site = parsed.GetRequiredValue(site),
            Data = parsed.GetRequiredValue(data),
            Profiles = parsed.GetRequiredValue(profiles),
            Listen = parsed.GetRequiredValue(listen),
            Verbose = parsed.GetValue(verbose),
        }).RunAsync(token));
        return command;
    }
}
