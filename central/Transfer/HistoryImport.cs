using System.Text.Json;
using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Transfer;

/// <summary>
/// Takes an export into a history through the same door as records from agents, so what is there already changes nothing: an
/// import that was cut is simply run again. The ledger comes last: it would turn away what it calls stored.
/// </summary>
internal sealed class HistoryImport(IHistorian historian, Action<long> progress)
{
    private const int Batch = 20_000;
    private const int MarksAtOnce = 1000;

    /// <summary>Returns how many records were new and how many were there already.</summary>
    /// <exception cref="HistorianException">A file cannot be read; the message names file and line.</exception>
    public async Task<(long Stored, long Duplicates)> RunAsync(string folder, CancellationToken cancel)
    {
        foreach (var tags in Lines(folder, HistoryExport.Files[0], HistoryLines.TagHead, HistoryLines.ReadTag).Chunk(Batch))
            await historian.SaveTagsAsync([.. tags.OfType<TagInfo>()], cancel);
        var (stored, duplicates) = (0L, 0L);
        foreach (var group in Groups(folder))
        {
            var verdict = (await historian.CommitAsync([group], [], cancel)).Verdicts[0];
            stored += verdict.Stored;
            duplicates += verdict.Duplicates;
            progress(stored + duplicates);
            await historian.RefreshRollUpsAsync(MarksAtOnce, cancel);
        }

        foreach (var epochs in Lines(folder, HistoryExport.Files[3], HistoryLines.LedgerHead, HistoryLines.ReadLedger).Chunk(Batch))
            await ((IHistoryTransfer)historian).ImportLedgerAsync(epochs, cancel);
        while (await historian.RefreshRollUpsAsync(MarksAtOnce, cancel) > 0)
        {
        }

        return (stored, duplicates);
    }

    private static IEnumerable<RecordGroup> Groups(string folder)
    {
        foreach (var readings in Lines(folder, HistoryExport.Files[1], HistoryLines.ReadingHead, HistoryLines.ReadReading).Chunk(Batch))
            yield return new([.. readings.Select((r, i) => new Numbered<Reading>(i + 1, r))], [], []);
        foreach (var events in Lines(folder, HistoryExport.Files[2], HistoryLines.EventHead, HistoryLines.ReadEvent).Chunk(Batch))
            yield return new([], [.. events.Select((e, i) => new Numbered<Event>(i + 1, e))], []);
    }

    private static IEnumerable<T> Lines<T>(string folder, string name, string[] head, Func<IReadOnlyList<string?>, T> read)
    {
        var path = Path.Combine(folder, name);
        using var file = new StreamReader(path);
        for (var line = 1; Next(file, path, line) is { } fields; line++)
        {
            if (line > 1)
                yield return Parse(fields, path, line, head, read);
            else if (!fields.SequenceEqual(head))
                throw new HistorianException($"{path} does not begin with {string.Join(',', head)}; it is no file of 'penstock-central history export'");
        }
    }

    private static List<string?>? Next(StreamReader file, string path, int line)
    {
        try
        {
            return Csv.Read(file);
        }
        catch (FormatException e)
        {
            throw new HistorianException($"{path}, record {line}: {e.Message}; export again", e);
        }
    }

    private static T Parse<T>(List<string?> fields, string path, int line, string[] head, Func<IReadOnlyList<string?>, T> read)
    {
        try
        {
            return fields.Count == head.Length ? read(fields) : throw new FormatException($"{fields.Count} fields instead of {head.Length}");
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or JsonException)
        {
            throw new HistorianException($"{path}, record {line}: {e.Message}; the file was changed or cut, export again", e);
        }
    }
}
