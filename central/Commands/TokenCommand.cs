using System.CommandLine;
using Penstock.Central.Access;
using Penstock.Central.Data;
using Penstock.Contracts;

namespace Penstock.Central.Commands;

/// <summary><c>penstock-central token add|list|remove</c>: what agents on other machines need.</summary>
internal static class TokenCommand
{
    public static Command Create() => new("token", "Ingest tokens of agents.") { Add(), List(), Remove() };

    private static Command Add()
    {
        var (name, data) = (Name(), CommonOptions.Data());
        var command = new Command("add", "Makes a token and prints it, this once.") { name, data };
        command.SetAction((parsed, cancel) => CommonOptions.GuardAsync(async () =>
        {
            var wanted = parsed.GetRequiredValue(name);
            var token = await Store(parsed.GetRequiredValue(data)).AddTokenAsync(wanted, cancel);
            if (token is null)
            {
                throw new StartException(
                    Names.IsValid(wanted)
                        ? $"a token named '{wanted}' exists; remove it first or choose another name"
                        : $"'{wanted}' is no name; use 1 to {Names.MaxLength} lower-case letters, digits, '-', '_', '.', for example '{Names.Repair(wanted)}'",
                    ExitCode.WrongUsage);
            }

            Console.WriteLine(token);
            return ExitCode.Fine;
        }));
        return command;
    }

    private static Command List()
    {
        var data = CommonOptions.Data();
        var command = new Command("list", "Lists the names of tokens.") { data };
        command.SetAction((parsed, cancel) => CommonOptions.GuardAsync(() =>
        {
            foreach (var token in Store(parsed.GetRequiredValue(data)).Tokens)
                Console.WriteLine($"{token.Name}  made {token.Created}");
            return Task.FromResult(ExitCode.Fine);
        }));
        return command;
    }

    private static Command Remove()
    {
        var (name, data) = (Name(), CommonOptions.Data());
        var command = new Command("remove", "Removes a token; it ends to work at once.") { name, data };
        command.SetAction((parsed, cancel) => CommonOptions.GuardAsync(async () =>
            await Store(parsed.GetRequiredValue(data)).RemoveTokenAsync(parsed.GetRequiredValue(name), cancel)
                ? ExitCode.Fine
                : throw new StartException($"no token has the name '{parsed.GetRequiredValue(name)}'; 'token list' shows them", ExitCode.Problem)));
        return command;
    }

    private static Argument<string> Name() => new("name") { Description = "The agent the token is for." };

    private static AccessStore Store(string data) => new(new CentralOptions { DataFolder = DataFolder.Existing(data) }.AccessFile, TimeProvider.System);
}
