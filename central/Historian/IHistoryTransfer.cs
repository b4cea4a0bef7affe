using Penstock.Contracts;

namespace Penstock.Central.Historian;

/// <summary>
/// A whole history, to be moved. Everything comes in an order that does not depend on the engine nor on how it arrived: by name,
/// then time, then identity, compared by their bytes.
/// </summary>
internal interface IHistoryTransfer
{
    /// <summary>Every tag name, with what an agent said about it; null when none did.</summary>
    ValueTask<IReadOnlyList<(TagKey Key, TagInfo? Info)>> ExportTagsAsync(CancellationToken cancel);

    /// <summary>What each tag was at which time, oldest first: one row a version.</summary>
    ValueTask<IReadOnlyList<TagVersion>> ExportTagVersionsAsync(CancellationToken cancel);

    IAsyncEnumerable<Reading> ExportReadingsAsync(CancellationToken cancel);

    IAsyncEnumerable<Event> ExportEventsAsync(CancellationToken cancel);

    ValueTask<IReadOnlyList<EpochNumbers>> ExportLedgerAsync(CancellationToken cancel);

    /// <summary>How many readings there are, for a display of progress.</summary>
    ValueTask<long> CountReadingsAsync(CancellationToken cancel);

    /// <summary>Takes over what another history knows of numbers; what is known better stays.</summary>
    ValueTask ImportLedgerAsync(IReadOnlyList<EpochNumbers> epochs, CancellationToken cancel);
}

/// <summary>The ledger of one epoch, and how many of its readings retention removed.</summary>
internal sealed record EpochNumbers(string Agent, string Epoch, IReadOnlyList<LedgerRange> Ranges, long Removed);
