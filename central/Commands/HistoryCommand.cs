using System.CommandLine;
using Penstock.Central.Data;
using Penstock.Central.Historian.Sqlite;

namespace Penstock.Central.Commands;

/// <summary><c>penstock-central history backup|export|import|checksum|roles</c>.</summary>
internal static class HistoryCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var to = new Option<string>("--to") { Description = "The file to write; it must not exist.", Required = true };
        var backup = new Command("backup", "Copies the history into one file, also while the centre runs.") { data, to };
        backup.SetAction((parsed, cancel) => CommonOptions.GuardAsync(() => BackUpAsync(parsed.GetRequiredValue(data), parsed.GetRequiredValue(to))));
        return new("history", "Looks after the history.") { backup, TransferCommands.Export(), TransferCommands.Import(), TransferCommands.Checksum(), RolesCommand.Create() };
    }

    private static Task<int> BackUpAsync(string data, string to)
    {
        var folder = DataFolder.Existing(data);
        if (File.Exists(to))
            throw new StartException($"{to} exists; name a new file with --to", ExitCode.WrongUsage);
        var bytes = Backup.Run(new CentralOptions { DataFolder = folder }.HistoryFile, to);
        Console.WriteLine($"history copied to {to}, {bytes} bytes");
        return Task.FromResult(ExitCode.Fine);
    }
}
