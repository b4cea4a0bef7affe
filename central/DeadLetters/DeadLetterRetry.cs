using Penstock.Central.Historian;
using Penstock.Central.Ingest;

namespace Penstock.Central.DeadLetters;

/// <summary>What became of dead letters that were tried again; <see cref="Refused"/> stay, each with the reason of today.</summary>
internal sealed record RetryOutcome(int Stored, int Duplicates, IReadOnlyList<(long Id, string Reason)> Refused);

/// <summary>
/// Dead letters through the same door as records from agents: by a newer program that understands them, or after what was in
/// their way is gone. A letter leaves the table after its record is committed; cut between, it is a duplicate the next time.
/// </summary>
internal static class DeadLetterRetry
{
    public static async Task<RetryOutcome> RunAsync(IHistorian historian, IEnumerable<DeadLetter> letters, CancellationToken cancel)
    {
        var (stored, duplicates) = (0, 0);
        List<(long, string)> refused = [];
        foreach (var letter in letters)
        {
            var (verdict, reason) = await TryAsync(historian, letter, cancel);
            if (reason is not null)
            {
                refused.Add((letter.Id, reason));
                continue;
            }

            await ((IDeadLetters)historian).RemoveDeadLettersAsync([letter.Id], cancel);
            stored += verdict!.Stored; // no reason, so there is one
            duplicates += verdict.Duplicates;
        }

        return new(stored, duplicates, refused);
    }

    /// <summary>The record as a group of its own, or why it is none.</summary>
    public static (RecordGroup? Group, string? Reason) Decode(DeadLetter letter)
    {
        if (!letter.IsWhole)
            return (null, $"only {letter.Bytes.Length} of its {letter.Size} bytes were kept");
        return RecordLine.TryDecode(letter.Bytes, out var reading, out var item) is { } reason ? (null, reason)
            : (new(reading is null ? [] : [new(1, reading)], item is null ? [] : [new(1, item)], []), null);
    }

    private static async Task<(GroupVerdict? Verdict, string? Reason)> TryAsync(IHistorian historian, DeadLetter letter, CancellationToken cancel)
    {
        var (group, reason) = Decode(letter);
        if (group is null)
            return (null, reason);
        try
        {
            var verdict = (await historian.CommitAsync([group], [], cancel)).Verdicts[0];
            return verdict.Refused is [var line, ..] ? (null, line.Reason) : (verdict, null);
        }
        catch (HistorianException e) when (e.BlamesRecord)
        {
            return (null, e.Message);
        }
    }
}
