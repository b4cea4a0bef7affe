using System.Globalization;

namespace Penstock.IntegrationTests.Faults;

/// <summary>A stored reading of the counting device.</summary>
internal sealed record ClockRow(string Epoch, long Seq, long Count, DateTimeOffset Ts, bool SaysStepped);

/// <summary>A stored event that tells an offset.</summary>
internal sealed record ClockWord(string Epoch, long Seq, double Seconds, IReadOnlyList<(string Epoch, long From, long To)> Numbers);

/// <summary>One run of the agent: its last count, and the offset of its clock at the end.</summary>
internal sealed record ClockRun(long LastCount, TimeSpan Offset);

/// <summary>
/// Judges a run whose stamps are false on purpose, by the device's own list: every number once and in order, no stamp earlier than the
/// one before, and every stamp right once the offsets told of it are added.
/// </summary>
/// <param name="answered">When the device answered which count, by the true clock.</param>
/// <param name="judgedTo">The last count that was to arrive.</param>
/// <param name="steps">How often the clock was set: records on their way at that moment may fall on either side.</param>
internal sealed class ClockJudge(IReadOnlyDictionary<long, DateTimeOffset> answered, long judgedTo, IReadOnlyList<ClockRow> rows, IReadOnlyList<ClockWord> words, IReadOnlyList<ClockRun> runs, int steps)
{
    // An answer may lie a while before a busy machine stamps it; the steps are an hour, a leap second falls below.
    private static readonly TimeSpan Nearly = TimeSpan.FromSeconds(5);

    /// <summary>Counts that are not in the historian. The one answer under way when a run ended may be absent.</summary>
    public IReadOnlyList<long> Lost()
    {
        var held = rows.Select(row => row.Count).ToHashSet();
        var underWay = runs.Select(run => run.LastCount).ToHashSet();
        return [.. answered.Keys.Where(count => count <= judgedTo && !held.Contains(count) && !underWay.Contains(count)).Order()];
    }

    public IReadOnlyList<long> Double() => [.. rows.GroupBy(row => row.Count).Where(same => same.Count() > 1).Select(same => same.Key)];

    /// <summary>Everything else that is wrong, in words.</summary>
    public IReadOnlyList<string> Wrong() => [.. OutOfOrder(), .. FalseStamps(), .. Unmarked()];

    private IEnumerable<string> OutOfOrder()
    {
        foreach (var epoch in rows.GroupBy(row => row.Epoch))
        {
            var inOrder = epoch.OrderBy(row => row.Seq).ToList();
            foreach (var (before, row) in inOrder.Zip(inOrder.Skip(1)))
            {
                if (row.Count <= before.Count)
                    yield return $"number {row.Seq} of {row.Epoch} holds count {row.Count} after {before.Count}";
                if (row.Ts < before.Ts)
                    yield return $"number {row.Seq} of {row.Epoch} is stamped {row.Ts:O}, the one before {before.Ts:O}";
            }
        }
    }

    private IEnumerable<string> FalseStamps()
    {
        var wrong = rows.Where(row => answered.ContainsKey(row.Count))
            .Select(row => (Row: row, Off: Corrected(row) - answered[row.Count] - OffsetAtTheEndOf(row.Count)))
            .Where(row => row.Off.Duration() > Nearly).ToList();
        return wrong.Count <= 2 * steps ? [] : wrong.Take(5).Select(row => string.Create(
            CultureInfo.InvariantCulture,
            $"count {row.Row.Count}, number {row.Row.Seq} of {row.Row.Epoch}: with the offsets told its stamp {row.Row.Ts:O} is {row.Off.TotalSeconds:0.0} s off, as are {wrong.Count - 1} others"));
    }

    /// <summary>After an event the next records say that the clock was set; the very next ones may have been on their way.</summary>
    private IEnumerable<string> Unmarked() =>
        from word in words
        from row in rows
        where row.Epoch == word.Epoch && row.Seq > word.Seq + 4 && row.Seq <= word.Seq + 10 && !row.SaysStepped
        select $"number {row.Seq} of {row.Epoch} does not say that the clock was set at {word.Seq}";

    private DateTimeOffset Corrected(ClockRow row) => row.Ts + TimeSpan.FromSeconds(words
        .SelectMany(word => word.Numbers.Select(range => (range, word.Seconds)))
        .Where(told => told.range.Epoch == row.Epoch && told.range.From <= row.Seq && row.Seq <= told.range.To)
        .Sum(told => told.Seconds));

    private TimeSpan OffsetAtTheEndOf(long count) => runs.First(run => count <= run.LastCount).Offset;
}
