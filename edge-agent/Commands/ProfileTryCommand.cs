using System.CommandLine;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Commands;

/// <summary><c>penstock profile try</c>: reads a device live, with or without a profile, and shows what the words may mean.</summary>
internal static class ProfileTryCommand
{
    private static readonly Dictionary<string, RegisterTable> Tables = new()
    {
        ["holding"] = RegisterTable.Holding,
        ["input"] = RegisterTable.Input,
        ["coil"] = RegisterTable.Coil,
        ["discrete"] = RegisterTable.Discrete,
    };

    public static Command Create()
    {
        var host = new Option<string>("--host") { Description = "Name or address of the device.", Required = true };
        var port = Bounded("--port", "TCP port; default as in the profile, else 502.", 1, 65_535, null);
        var unit = Bounded("--unit", "Unit id, 0 to 255; default as in the profile, else 1.", 0, 255, null);
        var profile = new Option<string?>("--profile") { Description = "Read what this profile says: its id, or a file." };
        var profiles = new Option<string[]>("--profiles") { Description = "Folder of hardware profiles, searched before hardware-profiles; may be given more than once.", DefaultValueFactory = _ => [] };
        var table = new Option<string>("--table") { Description = "Without a profile: the table to read.", DefaultValueFactory = _ => "holding" };
        var address = Bounded("--address", "Without a profile: first address on the wire, counted from 0.", 0, 65_535, 0);
        var count = Bounded("--count", "Without a profile: how many registers (to 125) or bits (to 2000).", 1, 2000, 10);
        var timeout = Bounded("--timeout", "Seconds to wait for an answer; default as in the profile, else 1.", 1, 60, null);
        var once = new Option<bool>("--once") { Description = "Read once instead of every second until Ctrl-C." };
        var format = new Option<string>("--format") { Description = "How it is printed; json is one object per line.", DefaultValueFactory = _ => "text" };
        table.AcceptOnlyFromAmong([.. Tables.Keys]);
        format.AcceptOnlyFromAmong("text", "json");

        var command = new Command("try", "Read a device live and show the raw words beside the values in every byte order.")
        {
            host, port, unit, profile, profiles, table, address, count, timeout, once, format,
        };
        command.SetAction((parsed, token) => new ProfileTry(Console.Out, Console.Error, TimeProvider.System).RunAsync(
            new TrySettings
            {
                Host = parsed.GetRequiredValue(host),
                Port = parsed.GetValue(port),
                Unit = (byte?)parsed.GetValue(unit),
                Profile = parsed.GetValue(profile),
                Profiles = parsed.GetRequiredValue(profiles),
                Table = Tables[parsed.GetRequiredValue(table)],
                Address = (ushort)(parsed.GetValue(address) ?? 0),
                Count = parsed.GetValue(count) ?? 1,
                Timeout = parsed.GetValue(timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                Once = parsed.GetValue(once),
                Json = parsed.GetValue(format) == "json",
                Refresh = !Console.IsOutputRedirected,
            },
            token));
        return command;
    }

    private static Option<int?> Bounded(string name, string description, int low, int high, int? otherwise)
    {
        var option = new Option<int?>(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is { } value && (value < low || value > high))
                result.AddError($"{name} has to lie between {low} and {high}");
        });
        return option;
    }
}
