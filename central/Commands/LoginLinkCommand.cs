using System.CommandLine;
using Penstock.Central.Access;
using Penstock.Central.Data;

namespace Penstock.Central.Commands;

/// <summary><c>penstock-central login-link</c>: a new one-time link for a person.</summary>
internal static class LoginLinkCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var command = new Command("login-link", "Prints a link that opens one session, once and within 15 minutes.") { data };
        command.SetAction((parsed, cancel) => CommonOptions.GuardAsync(async () =>
        {
            var options = new CentralOptions { DataFolder = DataFolder.Existing(parsed.GetRequiredValue(data)) };
            if (!File.Exists(options.AddressFile))
                throw new StartException($"no centre runs on {options.DataFolder}; start it with 'penstock-central run' first", ExitCode.Problem);
            var address = (await File.ReadAllTextAsync(options.AddressFile, cancel)).Trim();
            var code = await new AccessStore(options.AccessFile, TimeProvider.System).NewCodeAsync(cancel);
            Console.WriteLine($"{address}login?code={code}");
            return ExitCode.Fine;
        }));
        return command;
    }
}
