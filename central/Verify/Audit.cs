using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Verify;

/// <summary>
/// The proof: what each agent numbered against the rows that are really there, and what gaps, dead letters and retention
/// explain of the difference. Reads one committed moment, so it may run while the centre does.
/// </summary>
/// <param name="grace">How long a record may be under way before its absence counts.</param>
internal sealed class Audit(TimeProvider clock, TimeSpan grace)
{
    private Dictionary<long, EpochAudit> _epochs = [];
    private List<EpochVerdict> _unheard = [];
    private long _unknown;

    /// <summary>Rows read so far.</summary>
    public long Read { get; private set; }

    /// <summary>Rows that should be there; 0 until it is known.</summary>
    public long Expected { get; private set; }

    public async Task<IReadOnlyList<EpochVerdict>> RunAsync(IHoldingsReader historian, Action progress, CancellationToken cancel)
    {
        await historian.ReadAsync(Begin, Add, cancel);
        var verdicts = _epochs.Values.Select(epoch => epoch.Close()).Concat(_unheard).ToList();
        if (_unknown > 0)
            verdicts.Add(new EpochVerdict("?", "?") { Stored = _unknown, Unexplained = _unknown, Findings = [new("unexplained", 0, 0, "rows of an epoch that the historian does not know")] });
        return [.. verdicts.OrderBy(verdict => verdict.Agent, StringComparer.Ordinal).ThenBy(verdict => verdict.Epoch, StringComparer.Ordinal)];

        void Add(StoredRow row)
        {
            if (_epochs.TryGetValue(row.Epoch, out var epoch))
                epoch.Rows.Add(row);
            else
                _unknown++;
            if (++Read % 100_000 == 0)
                progress();
        }
    }

    private void Begin(Holdings holdings)
    {
        var settled = Timestamp.Now(clock) - grace;
        var words = holdings.Agents.Select(agent => RecordCodec.TryDecode(agent.Heartbeat.Span, out Heartbeat? word) is null ? word : null)
            .OfType<Heartbeat>().ToDictionary(word => word.Agent);
        var gaps = holdings.Gaps.ToLookup(gap => gap.Agent);
        _epochs = holdings.Epochs.ToDictionary(
            epoch => epoch.Id, epoch => new EpochAudit(epoch, words.GetValueOrDefault(epoch.Agent), [.. gaps[epoch.Agent]], settled));
        _unheard = [.. Unheard(holdings, words.Values, settled)];
        Expected = _epochs.Values.Sum(epoch => epoch.Expected);
    }

    /// <summary>Epochs of which only the agent speaks: nothing of them has arrived.</summary>
    private static IEnumerable<EpochVerdict> Unheard(Holdings holdings, IEnumerable<Heartbeat> words, Timestamp settled)
    {
        var known = holdings.Epochs.Select(epoch => (epoch.Agent, epoch.Epoch)).ToHashSet();
        return from word in words
               from state in word.Epochs
               where state.Last > 0 && !known.Contains((word.Agent, state.Epoch))
               select new EpochAudit(new EpochHolding(0, word.Agent, state.Epoch, [], 0), word, [.. holdings.Gaps.Where(gap => gap.Agent == word.Agent)], settled).Close();
    }
}
