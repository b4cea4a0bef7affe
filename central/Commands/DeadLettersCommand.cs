using System.CommandLine;
using System.Globalization;
using Penstock.Central.Data;
using Penstock.Central.DeadLetters;
using Penstock.Central.Historian;
using Penstock.Central.Historian.Postgres;
using Penstock.Central.Historian.Sqlite;

namespace Penstock.Central.Commands;

/// <summary><c>penstock-central dead-letters list|export|retry|discard</c>: what was refused, for a person to decide on.</summary>
internal sealed class DeadLettersCommand
{
    private const int Page = 500;

    private readonly Option<string?> _data = new("--data") { Description = "The centre's data folder, when its history is a file there. For retry and discard stop the centre first." };
    private readonly Option<long[]> _ids = new("--id") { Description = "Only the letters with these numbers, as list prints them.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _reason = new("--reason") { Description = "Only letters whose reason contains this." };
    private readonly HistorianOptions _history = new();

    private DeadLettersCommand()
    {
    }

    public static Command Create()
    {
        var shared = new DeadLettersCommand();
        return new("dead-letters", "Records and messages that were refused, with reason, bytes and origin: look at them, try them again, remove them.")
        {
            shared.List(), shared.Export(), shared.Retry(), shared.Discard(),
        };
    }

    private Command List()
    {
        var format = new Option<string>("--format") { Description = "text for people, json for programs (one object a line).", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        return Reading(new("list", "Prints them, oldest first. Also while the centre runs.") { format }, async (parsed, letters) =>
        {
            using var output = Console.OpenStandardOutput();
            await foreach (var letter in letters)
            {
                if (parsed.GetValue(format) == "json")
                    DeadLetterLine.WriteJson(output, letter);
                else
                    Console.WriteLine(DeadLetterLine.Text(letter));
            }
        });
    }

    private Command Export()
    {
        var to = new Option<string>("--to") { Description = "The file to write; it must not exist.", Required = true };
        return Reading(new("export", "Writes them with all kept bytes, one JSON object a line. Also while the centre runs.") { to }, async (parsed, letters) =>
        {
            var path = parsed.GetRequiredValue(to);
            if (Path.Exists(path))
                throw new StartException($"{path} exists; name a new file with --to", ExitCode.WrongUsage);
            var count = 0;
            await using (var output = File.Create(path))
            {
                await foreach (var letter in letters)
                {
                    DeadLetterLine.WriteJson(output, letter);
                    count++;
                }
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} dead letters written to {path}"));
        });
    }

    private Command Retry() => Changing(
        new("retry", "Offers them to the history again; what is taken leaves the dead letters. Ends with 1 when some are still refused."),
        async (_, historian, letters, cancel) =>
        {
            var outcome = await DeadLetterRetry.RunAsync(historian, letters, cancel);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{outcome.Stored} stored, {outcome.Duplicates} were there already, {outcome.Refused.Count} still refused"));
            foreach (var (id, reason) in outcome.Refused)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {id}: {reason}"));
            return outcome.Refused.Count == 0 ? ExitCode.Fine : ExitCode.Problem;
        });

    private Command Discard()
    {
        var all = new Option<bool>("--all") { Description = "All of them." };
        return Changing(new("discard", "Removes them for good; name which: --id, --reason or --all.") { all }, async (parsed, historian, letters, cancel) =>
        {
            if (!parsed.GetValue(all) && parsed.GetValue(_ids) is null or [] && parsed.GetValue(_reason) is null)
                throw new StartException("name what to remove: --id, --reason or --all", ExitCode.WrongUsage);
            var removed = await ((IDeadLetters)historian).RemoveDeadLettersAsync([.. letters.Select(letter => letter.Id)], cancel);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{removed} dead letters removed"));
            return ExitCode.Fine;
        });
    }

    private Command Reading(Command command, Func<ParseResult, IAsyncEnumerable<DeadLetter>, Task> run)
    {
        AddOptions(command);
        command.SetAction((parsed, cancel) => CommonOptions.GuardAsync(async () =>
        {
            await using var server = _history.ServerOf(parsed);
            IDeadLetterReader reader = server is not null ? new PostgresDeadLetters(server)
                : new SqliteDeadLetters(new CentralOptions { DataFolder = DataFolder.Existing(FolderOf(parsed)) }.HistoryFile);
            await run(parsed, ReadAsync(parsed, reader, cancel));
            return ExitCode.Fine;
        }));
        return command;
    }

    private Command Changing(Command command, Func<ParseResult, IHistorian, IReadOnlyList<DeadLetter>, CancellationToken, Task<int>> run)
    {
        AddOptions(command);
        command.SetAction((parsed, cancel) => CommonOptions.GuardAsync(async () =>
        {
            var server = _history.ServerOf(parsed);
            using var folder = server is null ? DataFolder.Open(DataFolder.Existing(FolderOf(parsed)), TimeProvider.System) : null;
            var file = folder is null ? "" : new CentralOptions { DataFolder = folder.Path }.HistoryFile;
            await using var historian = await HistorianOptions.OpenAsync(
                server, file, TimeProvider.System, reason => Console.Error.WriteLine($"penstock-central: {reason}. Trying again"), cancel);
            List<DeadLetter> letters = [];
            await foreach (var letter in ReadAsync(parsed, (IDeadLetters)historian, cancel))
                letters.Add(letter);
            return await run(parsed, historian, letters, cancel);
        }));
        return command;
    }

    private void AddOptions(Command command)
    {
        command.Add(_data);
        command.Add(_ids);
        command.Add(_reason);
        _history.AddTo(command);
    }

    private string FolderOf(ParseResult parsed) => parsed.GetValue(_data)
        ?? throw new StartException("name the history: --data FOLDER, or --historian \"Host=…\"", ExitCode.WrongUsage);

    private async IAsyncEnumerable<DeadLetter> ReadAsync(
        ParseResult parsed, IDeadLetterReader reader, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var (ids, reason) = (parsed.GetValue(_ids) ?? [], parsed.GetValue(_reason));
        var after = 0L;
        while (await reader.ReadDeadLettersAsync(after, Page, cancel) is { Count: > 0 } page)
        {
            foreach (var letter in page)
            {
                if ((ids.Length == 0 || ids.Contains(letter.Id)) && (reason is null || letter.Reason.Contains(reason, StringComparison.OrdinalIgnoreCase)))
                    yield return letter;
            }

            after = page[^1].Id;
        }
    }
}
