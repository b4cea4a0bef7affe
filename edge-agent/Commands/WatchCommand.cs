using System.CommandLine;
using Penstock.EdgeAgent.Status;

namespace Penstock.EdgeAgent.Commands;

/// <summary><c>penstock watch</c>: the status page of a running agent in the terminal.</summary>
internal static class WatchCommand
{
    private const string DefaultFolder = ".";

    private static readonly Option<string?> Data = new("--data") { Description = "Data folder of the running agent; its address is read there. Default: this folder." };
    private static readonly Option<string?> Address = new("--address") { Description = "Address of the status page, for example http://127.0.0.1:8421." };
    private static readonly Option<bool> Once = new("--once") { Description = "Show one look and end." };

    private static readonly Option<string> Format = new Option<string>("--format") { Description = "text or json. json prints one object per look.", DefaultValueFactory = _ => "text" }
        .AcceptOnlyFromAmong("text", "json");

    public static Command Create()
    {
        var command = new Command("watch", "Shows a running agent in the terminal: what is not normal, values with age and raw words, link, outbox.");
        command.Options.Add(Data);
        command.Options.Add(Address);
        command.Options.Add(Once);
        command.Options.Add(Format);
        command.SetAction((parsed, token) => RunAsync(
            parsed.GetValue(Data), parsed.GetValue(Address), parsed.GetValue(Once), parsed.GetValue(Format) == "json", token));
        return command;
    }

    private static async Task<int> RunAsync(string? folder, string? address, bool once, bool json, CancellationToken token)
    {
        var (found, trouble) = address is null ? FindAddress(folder ?? DefaultFolder) : (address, null);
        if (found is null || !Uri.TryCreate(found, UriKind.Absolute, out var page) || page.Scheme is not ("http" or "https"))
        {
            await Console.Error.WriteLineAsync(trouble ?? $"'{found}' is no address; write it like http://127.0.0.1:8421");
            return ExitCode.WrongUsage;
        }

        using var http = new HttpClient { BaseAddress = page, Timeout = TimeSpan.FromSeconds(5) };
        var screen = new WatchScreen(Console.Out, json, refresh: !once && !json && !Console.IsOutputRedirected);
        return await new Watcher(http, screen, TimeProvider.System).RunAsync(once, token);
    }

    private static (string? Address, string? Trouble) FindAddress(string folder)
    {
        var file = Path.Combine(folder, "status-address");
        try
        {
            return (File.ReadAllText(file).Trim(), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"No running agent found: cannot read {file} ({e.Message}) Give the agent's data folder with --data, or the address it printed with --address.");
        }
    }
}
