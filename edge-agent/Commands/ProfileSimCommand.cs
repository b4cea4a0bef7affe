using System.CommandLine;

namespace Penstock.EdgeAgent.Commands;

/// <summary><c>penstock profile sim</c>: plays devices from their profiles, so that everything can be tried without hardware.</summary>
internal static class ProfileSimCommand
{
    public static Command Create()
    {
        var site = new Option<string?>("--site") { Description = "Play every device of this site file, each on a free port." };
        var writeSite = new Option<string?>("--write-site") { Description = "Write a copy of the site file with the simulated addresses put in." };
        var profile = new Option<string?>("--profile") { Description = "Play one device from this profile: its id, or a file." };
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1 for --profile; 0 takes a free one.", DefaultValueFactory = _ => 0 };
        var unit = new Option<byte?>("--unit") { Description = "Unit id for --profile; default as in the profile." };
        var profiles = new Option<string[]>("--profiles") { Description = "Folder of hardware profiles, searched before hardware-profiles; may be given more than once.", DefaultValueFactory = _ => [] };
        var seed = new Option<int>("--seed") { Description = "The same seed gives the same plant.", DefaultValueFactory = _ => Environment.TickCount };
        var faults = new Option<string>("--faults") { Description = "Whether devices fail now and then.", DefaultValueFactory = _ => "on" };
        var format = new Option<string>("--format") { Description = "How the addresses are printed.", DefaultValueFactory = _ => "text" };
        faults.AcceptOnlyFromAmong("on", "off");
        format.AcceptOnlyFromAmong("text", "json");
        port.Validators.Add(result => _ = result.GetValueOrDefault<int>() is < 0 or > 65_535 ? Fail(result, "--port has to lie between 0 and 65535") : 0);

        var command = new Command("sim", "Play devices from their profiles over Modbus TCP.") { site, writeSite, profile, port, unit, profiles, seed, faults, format };
        command.SetAction((parsed, token) => new ProfileSim(Console.Out, Console.Error, TimeProvider.System).RunAsync(
            new SimSettings
            {
                Site = parsed.GetValue(site),
                WriteSite = parsed.GetValue(writeSite),
                Profile = parsed.GetValue(profile),
                Port = parsed.GetValue(port),
                Unit = parsed.GetValue(unit),
                Profiles = parsed.GetRequiredValue(profiles),
                Seed = parsed.GetValue(seed),
                Faults = parsed.GetValue(faults) == "on",
                Json = parsed.GetValue(format) == "json",
            },
            token));
        return command;
    }

    private static int Fail(System.CommandLine.Parsing.OptionResult result, string message)
    {
        result.AddError(message);
        return 0;
    }
}
