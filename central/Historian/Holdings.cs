using Penstock.Contracts;

namespace Penstock.Central.Historian;

/// <summary>
/// Reads, of one committed moment, what the historian says of numbers and the number of every row it really has. Needs
/// nothing but the right to read, and disturbs no centre that writes meanwhile.
/// </summary>
internal interface IHoldingsReader
{
    /// <summary>
    /// First <paramref name="told"/> gets what is said, then <paramref name="row"/> every stored reading and event, in any order.
    /// </summary>
    /// <exception cref="HistorianException">It cannot be read; the message names the repair.</exception>
    Task ReadAsync(Action<Holdings> told, Action<StoredRow> row, CancellationToken cancel);
}

/// <summary>One row of readings or events. <paramref name="Epoch"/> is the historian's own number of (agent, epoch).</summary>
internal readonly record struct StoredRow(long Epoch, long Seq, Timestamp Ts, Timestamp Committed);

/// <summary>What the historian says of numbers, apart from the rows themselves.</summary>
internal sealed record Holdings(IReadOnlyList<EpochHolding> Epochs, IReadOnlyList<AgentWord> Agents, IReadOnlyList<GapWord> Gaps);

/// <summary>The whole ledger of one epoch, and how many of its readings retention removed.</summary>
internal sealed record EpochHolding(long Id, string Agent, string Epoch, IReadOnlyList<LedgerRange> Ledger, long Removed);

/// <summary>The newest heartbeat of an agent.</summary>
internal sealed record AgentWord(string Agent, ReadOnlyMemory<byte> Heartbeat);

/// <summary>What a gap explains: numbers that were given, or a stretch of time.</summary>
internal sealed record GapWord(string Agent, string Cause, Timestamp From, Timestamp To, IReadOnlyList<SeqRange> Numbers);
