using System.CommandLine;
using System.Globalization;
using Penstock.Central.Data;
using Penstock.Central.Historian;
using Penstock.Central.Transfer;

namespace Penstock.Central.Commands;

/// <summary><c>penstock-central history export|import|checksum</c>: a history as files, from and into either engine.</summary>
internal static class TransferCommands
{
    public static Command Export()
    {
        var to = new Option<string>("--to") { Description = "The folder to write; it must not exist.", Required = true };
        var command = new Command("export", "Writes the history as CSV files, in an order that does not depend on where it is kept.") { to };
        return WithHistory(command, async (parsed, historian, cancel) =>
        {
            var folder = parsed.GetRequiredValue(to);
            if (Path.Exists(folder))
                throw new StartException($"{folder} exists; name a new folder with --to", ExitCode.WrongUsage);
            Directory.CreateDirectory(folder);
            return Show(await new HistoryExport((IHistoryTransfer)historian, Progress).RunAsync(name => File.Create(Path.Combine(folder, name)), cancel));
        });
    }

    public static Command Checksum()
    {
        var command = new Command("checksum", "Prints count and SHA-256 of what an export would write; equal for equal histories.");
        return WithHistory(command, async (_, historian, cancel) =>
            Show(await new HistoryExport((IHistoryTransfer)historian, Progress).RunAsync(_ => Stream.Null, cancel)));
    }

    public static Command Import()
    {
        var from = new Option<string>("--from") { Description = "The folder that an export wrote.", Required = true };
        var command = new Command("import", "Takes an export into the history. What is there already stays; a cut import is run again.") { from };
        return WithHistory(command, async (parsed, historian, cancel) =>
        {
            var folder = parsed.GetRequiredValue(from);
            if (HistoryExport.Files.FirstOrDefault(name => !File.Exists(Path.Combine(folder, name))) is { } missing)
                throw new StartException($"{folder} has no {missing}; name the folder that 'history export --to' wrote", ExitCode.WrongUsage);
            var (stored, duplicates) = await new HistoryImport(historian, count => Progress(count, 0)).RunAsync(folder, cancel);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stored} records imported, {duplicates} were there already"));
            return ExitCode.Fine;
        });
    }

    // A file is held by one program at a time, a server by many.
    private static Command WithHistory(Command command, Func<ParseResult, IHistorian, CancellationToken, Task<int>> run)
    {
        var data = new Option<string?>("--data") { Description = "The centre's data folder; not needed with --historian. Stop the centre first." };
        var history = new HistorianOptions();
        command.Add(data);
        history.AddTo(command);
        command.SetAction((parsed, cancel) => CommonOptions.GuardAsync(async () =>
        {
            var server = history.ServerOf(parsed);
            if (server is null && parsed.GetValue(data) is null)
                throw new StartException("name the history: --data FOLDER, or --historian \"Host=…\"", ExitCode.WrongUsage);
            using var folder = server is null ? DataFolder.Open(DataFolder.Existing(parsed.GetValue(data)!), TimeProvider.System) : null; // looked at above
            var file = folder is null ? "" : new CentralOptions { DataFolder = folder.Path }.HistoryFile;
            await using var historian = await HistorianOptions.OpenAsync(
                server, file, TimeProvider.System, reason => Console.Error.WriteLine($"penstock-central: {reason}. Trying again"), cancel);
            return await run(parsed, historian, cancel);
        }));
        return command;
    }

    private static int Show(IReadOnlyList<FileSum> sums)
    {
        foreach (var sum in sums)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sum.Sha256}  {sum.Name}  {sum.Lines}"));
        return ExitCode.Fine;
    }

    private static void Progress(long count, long all)
    {
        if (!Console.IsErrorRedirected)
            Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{count}{(all > 0 ? $" of about {all}" : "")} records\r"));
    }
}
