using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Penstock.EdgeAgent.Data;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.EdgeAgent.Commands;

/// <summary><c>penstock outbox status|verify|export|retry</c>: what a data folder holds. Only retry changes anything.</summary>
internal static class OutboxCommand
{
    public static Command Create() => new("outbox", "Look into the outbox of a data folder, check it, take records out, send refused ones again.")
    {
        Look("status", "What waits, by epoch; also while the agent runs.", verify: false),
        Look("verify", "Read every frame and check it. Ends with 1 when something is damaged.", verify: true),
        OutboxExport.Create(),
        OutboxRetry.Create(),
    };

    public static Option<string> DataOption() => new("--data") { Description = "Data folder of the agent.", Required = true };

    /// <summary>Runs what may find a folder that cannot be used.</summary>
    public static async Task<int> Guard(Func<Task<int>> run, TextWriter error)
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (e is OutboxException or DataFolderException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.Problem;
        }
    }

    private static Command Look(string name, string description, bool verify)
    {
        var (data, format) = (DataOption(), ProblemFormat.Option());
        var command = new Command(name, description) { data, format };
        command.SetAction((parsed, _) => Guard(
            () => Task.FromResult(Show(parsed.GetRequiredValue(data), verify, parsed.GetValue(format) == "json", parsed.InvocationConfiguration.Output)),
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Show(string data, bool verify, bool json, TextWriter output)
    {
        using var look = OutboxLook.At(Path.Combine(data, "outbox"));
        if (verify)
            look.Verify(json || Console.IsErrorRedirected ? (_, _) => { } : (done, of) => Console.Error.Write($"\r{done + 1}/{of} segments "));
        if (verify && !json && !Console.IsErrorRedirected)
            Console.Error.WriteLine();
        var view = OutboxView.Of(look, verify);
        if (json)
            output.WriteLine(JsonSerializer.Serialize(view, OutboxJson.Default.OutboxView));
        else
            view.WriteText(output);
        return look.Damage.Count > 0 ? ExitCode.Problem : ExitCode.Fine;
    }
}

/// <summary>One look at an outbox, for people and programs.</summary>
internal sealed record OutboxView(
    int Segments, long Bytes, long Waiting, IReadOnlyList<EpochView> Epochs, long OpenGapNumbers, long QuarantineBytes, long? Frames, IReadOnlyList<Damage>? Damage)
{
    public static OutboxView Of(OutboxLook look, bool verified) => new(
        look.Index.Segments.Count,
        look.Bytes,
        look.Waiting,
        [.. look.Index.Epochs.Where(book => !book.OnDisk.IsEmpty).Select(book => new EpochView(book.Epoch, book.OnDisk.NextFrom(1) ?? 0, book.Last, book.OnDisk.Count, book.NotDone))],
        look.Report.Unsealed.Sum(gap => gap.Numbers.Count),
        look.QuarantinedBytes,
        verified ? look.Frames : null,
        verified ? look.Damage : null);

    public void WriteText(TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Segments} segments, {Bytes} bytes, {Waiting} records wait for the far end"));
        foreach (var epoch in Epochs)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {epoch.Epoch}: numbers {epoch.First} to {epoch.Last}, {epoch.OnDisk} on disk, {epoch.Waiting} waiting"));
        if (OpenGapNumbers > 0)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{OpenGapNumbers} numbers were dropped and are told by a gap as soon as there is room, or at the next start"));
        if (QuarantineBytes > 0)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{QuarantineBytes} damaged bytes in quarantine"));
        if (Damage is not { } damage)
            return;
        foreach (var item in damage)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"damage: {item.Segment} from byte {item.Offset}, {item.Length} bytes; the next start of the agent puts them into quarantine and tells what is missing"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Frames} frames good, {damage.Count} stretches damaged"));
    }
}

/// <summary>The numbers of one epoch on disk.</summary>
internal sealed record EpochView(string Epoch, long First, long Last, long OnDisk, long Waiting);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(OutboxView))]
internal sealed partial class OutboxJson : JsonSerializerContext;
