using System.Security.Cryptography;
using System.Text;
using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Transfer;

/// <summary>
/// Writes a history as four files, or only their check sums. Two histories with the same content give the same bytes, whatever
/// engine holds them and in whatever order it came.
/// </summary>
internal sealed class HistoryExport(IHistoryTransfer history, Action<long, long> progress)
{
    private const int ProgressEvery = 10_000;

    /// <summary>The files in the order in which they are imported.</summary>
    public static readonly string[] Files = ["tags.csv", "readings.csv", "events.csv", "ledger.csv"];

    /// <summary>One line a file: its count of lines and its SHA-256. <paramref name="open"/> gives the stream to write into.</summary>
    public async Task<IReadOnlyList<FileSum>> RunAsync(Func<string, Stream> open, CancellationToken cancel) =>
    [
        await WriteAsync(Files[0], open, HistoryLines.TagHead, TagsAsync, cancel),
        await WriteAsync(Files[1], open, HistoryLines.ReadingHead, ReadingsAsync, cancel),
        await WriteAsync(Files[2], open, HistoryLines.EventHead, EventsAsync, cancel),
        await WriteAsync(Files[3], open, HistoryLines.LedgerHead, LedgerAsync, cancel),
    ];

    private static async Task<FileSum> WriteAsync(
        string name, Func<string, Stream> open, string[] head, Func<TextWriter, CancellationToken, Task<long>> write, CancellationToken cancel)
    {
        using var sum = SHA256.Create();
        await using var file = open(name);
        await using (var hashed = new CryptoStream(file, sum, CryptoStreamMode.Write, leaveOpen: true))
        await using (var text = new StreamWriter(hashed, new UTF8Encoding(false), 1 << 16))
        {
            Csv.Write(text, head);
            var count = await write(text, cancel);
            await text.FlushAsync(cancel);
            await hashed.FlushFinalBlockAsync(cancel);
            return new(name, count, Convert.ToHexStringLower(sum.Hash!)); // the final block is there
        }
    }

    private async Task<long> TagsAsync(TextWriter output, CancellationToken cancel)
    {
        var versions = (await history.ExportTagVersionsAsync(cancel)).ToLookup(v => v.Key);
        var count = 0L;
        foreach (var (key, info) in await history.ExportTagsAsync(cancel))
        {
            // Oldest first, the newest info last: taken in this order, they leave every version and the newest info.
            foreach (var version in versions[key].Where(v => info is not null && (v.Version, v.Since) != (info.TagVersion, info.Ts)))
            {
                HistoryLines.Write(output, key, Info(version, info!.Kind)); // the filter looked
                count++;
            }

            HistoryLines.Write(output, key, info);
            count++;
        }

        return count;
    }

    private static TagInfo Info(TagVersion version, string kind) => new()
    {
        Site = version.Key.Site,
        Device = version.Key.Device,
        Tag = version.Key.Tag,
        Kind = kind,
        Type = version.Type,
        Unit = version.Unit,
        TagVersion = version.Version,
        Ts = version.Since,
    };

    private async Task<long> ReadingsAsync(TextWriter output, CancellationToken cancel)
    {
        var (count, all) = (0L, await history.CountReadingsAsync(cancel));
        await foreach (var reading in history.ExportReadingsAsync(cancel))
        {
            HistoryLines.Write(output, reading);
            if (++count % ProgressEvery == 0)
                progress(count, all);
        }

        return count;
    }

    private async Task<long> EventsAsync(TextWriter output, CancellationToken cancel)
    {
        var count = 0L;
        await foreach (var item in history.ExportEventsAsync(cancel))
        {
            HistoryLines.Write(output, item);
            count++;
        }

        return count;
    }

    private async Task<long> LedgerAsync(TextWriter output, CancellationToken cancel)
    {
        var epochs = await history.ExportLedgerAsync(cancel);
        foreach (var epoch in epochs)
            HistoryLines.Write(output, epoch);
        return epochs.Sum(e => (long)e.Ranges.Count);
    }
}

/// <summary>What a file of an export holds.</summary>
internal sealed record FileSum(string Name, long Lines, string Sha256);
