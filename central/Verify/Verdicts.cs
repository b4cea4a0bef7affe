namespace Penstock.Central.Verify;

/// <summary>What is not as it must be, or is explained without a row: numbers of one epoch, and why it is judged so.</summary>
internal sealed record Finding(string What, long From, long To, string Why);

/// <summary>
/// The account of one epoch: numbered = stored + dead + dropped + removed + waiting + never accepted + lost + unexplained,
/// when all is well with the first six.
/// </summary>
internal sealed record EpochVerdict(string Agent, string Epoch)
{
    /// <summary>The highest number known to be given.</summary>
    public long Numbered { get; init; }

    /// <summary>Numbers that have a row.</summary>
    public long Stored { get; init; }

    /// <summary>Refused for good and kept as dead letters.</summary>
    public long Dead { get; init; }

    /// <summary>Lost at the agent, and named by a gap.</summary>
    public long Dropped { get; init; }

    /// <summary>Stored once, and removed by retention.</summary>
    public long Removed { get; init; }

    /// <summary>Still with the agent, or on the way.</summary>
    public long Waiting { get; init; }

    /// <summary>Numbers the agent gave but had not accepted when it was killed; the gap of that stop covers their time.</summary>
    public long NeverAccepted { get; init; }

    /// <summary>Nobody has them: the agent is done with them, or the ledger calls them stored, and there is no row.</summary>
    public long Lost { get; init; }

    /// <summary>Rows beyond the first of their number.</summary>
    public long Double { get; init; }

    public long Unexplained { get; init; }

    /// <summary>The first of what is wrong, for people to begin with.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    public bool IsClean => Lost == 0 && Double == 0 && Unexplained == 0;
}
