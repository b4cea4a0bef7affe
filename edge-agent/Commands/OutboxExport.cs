using System.CommandLine;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.EdgeAgent.Commands;

/// <summary><c>penstock outbox export</c>: records as one JSON object a line. Changes nothing.</summary>
internal static class OutboxExport
{
    private const int TellEvery = 100_000;

    public static Command Create()
    {
        var data = OutboxCommand.DataOption();
        var what = new Option<string>("--what") { Description = "waiting: what the far end does not have; all: everything on disk; quarantined: what the far end refused.", DefaultValueFactory = _ => "waiting" }
            .AcceptOnlyFromAmong("waiting", "all", "quarantined");
        var to = new Option<string?>("--to") { Description = "File to write; default: standard output." };
        var command = new Command("export", "Write records as one JSON object a line; nothing is changed.") { data, what, to };
        command.SetAction((parsed, token) => OutboxCommand.Guard(
            () => RunAsync(parsed.GetRequiredValue(data), parsed.GetRequiredValue(what), parsed.GetValue(to), token), parsed.InvocationConfiguration.Error));
        return command;
    }

    private static async Task<int> RunAsync(string data, string what, string? to, CancellationToken token)
    {
        await using var output = to is null ? Console.OpenStandardOutput() : new FileStream(to, FileMode.CreateNew, FileAccess.Write);
        var records = 0L;
        if (what == "quarantined")
        {
            records = await WriteAsync(RefusedFiles.Lines(data), output, token);
        }
        else
        {
            using var look = OutboxLook.At(Path.Combine(data, "outbox"));
            records = await WriteAsync(what == "all" ? look.All() : look.WaitingLines(), output, token);
        }

        await Console.Error.WriteLineAsync($"{records} records written");
        return ExitCode.Fine;
    }

    private static async Task<long> WriteAsync(IEnumerable<ReadOnlyMemory<byte>> lines, Stream output, CancellationToken token)
    {
        var records = 0L;
        foreach (var part in lines)
        {
            await output.WriteAsync(part, token);
            var before = records;
            records += part.Span.Count((byte)'\n');
            if (!Console.IsErrorRedirected && records / TellEvery > before / TellEvery)
                await Console.Error.WriteAsync($"\r{records} records ");
        }

        return records;
    }
}
