using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Contracts;
using Penstock.EdgeAgent.Data;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.EdgeAgent.Commands;

/// <summary>
/// <c>penstock outbox retry</c>: refused records go through the outbox again, with new numbers, because the old ones are
/// settled at the far end. Needs the agent to be stopped.
/// </summary>
internal static class OutboxRetry
{
    // The site's own limits count when the agent runs; here nothing may go for want of room.
    private static readonly OutboxOptions Unlimited = new() { CapBytes = 1L << 50, Keep = TimeSpan.FromDays(36500), FreeFloorBytes = 0 };

    public static Command Create()
    {
        var data = OutboxCommand.DataOption();
        var command = new Command("retry", "Put the records that the far end refused into the outbox again; the agent must not run.") { data };
        command.SetAction((parsed, token) => OutboxCommand.Guard(
            () => RunAsync(parsed.GetRequiredValue(data), parsed.InvocationConfiguration.Output, token), parsed.InvocationConfiguration.Error));
        return command;
    }

    private static async Task<int> RunAsync(string data, TextWriter output, CancellationToken token)
    {
        if (!Directory.Exists(data))
            throw new DataFolderException($"{data} is not there; name the data folder of an agent with --data");
        using var folder = DataFolder.Open(data);
        var (readings, events, unreadable) = Read(data);
        if (readings.Count + events.Count == 0)
        {
            await output.WriteLineAsync($"no refused records in {RefusedFiles.Folder(data)}");
            return unreadable > 0 ? ExitCode.Problem : ExitCode.Fine;
        }

        var site = readings.Count > 0 ? readings[0].Site : events[0].Site;
        await using (var outbox = SegmentOutbox.Open(folder.Outbox, folder.Agent, site, Unlimited, TimeProvider.System, NullLogger<SegmentOutbox>.Instance))
            await await outbox.AppendAsync(readings, events, token);
        RefusedFiles.SetAside(data);
        await output.WriteLineAsync($"{readings.Count + events.Count} records are in the outbox again, {unreadable} could not be read; the files are kept in {RefusedFiles.Folder(data)}");
        return unreadable > 0 ? ExitCode.Problem : ExitCode.Fine;
    }

    private static (List<Reading> Readings, List<Event> Events, int Unreadable) Read(string data)
    {
        List<Reading> readings = [];
        List<Event> events = [];
        var unreadable = 0;
        foreach (var line in RefusedFiles.Lines(data))
        {
            var record = line.Span.TrimEnd((byte)'\n');
            if (RecordCodec.IsEvent(record) && RecordCodec.TryDecode(record, out Event? item) is null)
                events.Add(item! with { Late = false }); // no reason: read
            else if (RecordCodec.TryDecode(record, out Reading? reading) is null)
                readings.Add(reading! with { Late = false }); // no reason: read
            else
                unreadable++;
        }

        return (readings, events, unreadable);
    }
}

/// <summary>The files of refused records in a data folder.</summary>
internal static class RefusedFiles
{
    private static readonly string[] Names = ["refused.1.ndjson", "refused.ndjson"];

    public static string Folder(string data) => Path.Combine(data, "refused");

    /// <summary>The records themselves, one a line, oldest first; those whose text was not kept are left out.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Lines(string data)
    {
        foreach (var file in Files(data))
        {
            foreach (var line in File.ReadLines(file))
            {
                if (RecordOf(line) is { } record)
                    yield return System.Text.Encoding.UTF8.GetBytes(record + "\n");
            }
        }
    }

    public static void SetAside(string data)
    {
        foreach (var file in Files(data).ToList())
            File.Move(file, file + ".retried", overwrite: true);
    }

    private static IEnumerable<string> Files(string data) =>
        Names.Select(name => Path.Combine(Folder(data), name)).Where(File.Exists);

    private static string? RecordOf(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.TryGetProperty("record", out var record) ? record.GetRawText() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
