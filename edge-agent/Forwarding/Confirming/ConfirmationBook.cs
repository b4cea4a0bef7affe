using Penstock.EdgeAgent.Outbox;

namespace Penstock.EdgeAgent.Forwarding.Confirming;

/// <summary>
/// Groups that are with the broker and wait for the historian, by epoch and number, without their bytes.
///
/// Bounded per lane by weight: its records and a little for the group itself. Confirmed numbers are kept as ranges, also those
/// that nobody waits for yet: a fast centre confirms before the broker's answer is here. They melt together; the lowest ones are
/// forgotten beyond a limit, which costs a second sending and nothing else. Not thread safe.
/// </summary>
internal sealed class ConfirmationBook(long liveRoom = ConfirmationBook.LiveRoom)
{
    public const long LiveRoom = 200_000;

    private const int WeightOfAGroup = 16;
    private const int MostRanges = 10_000;
    private const int MostEpochs = 64;

    private static readonly Comparer<Waiting> ByNumber = Comparer<Waiting>.Create((a, b) => a.First.CompareTo(b.First));

    private readonly Dictionary<string, Epoch> _epochs = [];
    private readonly Queue<Waiting> _byTime = new();
    private readonly long[] _weight = new long[2];

    /// <summary>Records that wait.</summary>
    public long Records { get; private set; }

    /// <summary>Room of the backlog lane; what waits already when it becomes smaller stays.</summary>
    public long BacklogRoom { get; set; } = BacklogWindow.Start;

    public bool HasRoom(Lane lane) => _weight[(int)lane] < (lane == Lane.Live ? liveRoom : BacklogRoom);

    /// <summary>What the groups of a lane weigh.</summary>
    public long WeightOf(Lane lane) => _weight[(int)lane];

    /// <summary>When the oldest waiting group was sent; null when none waits.</summary>
    public long? OldestSent => Oldest()?.Sent;

    public bool IsConfirmed(OutboxGroup group) => IsConfirmed(group.Epoch, group.FirstSeq, group.FirstSeq + group.Count - 1);

    public bool IsConfirmed(string name, long from, long to) => _epochs.TryGetValue(name, out var epoch) && epoch.Confirmed.Covers(from, to);

    /// <summary>False when all its numbers are confirmed already: then it does not wait.</summary>
    public bool Add(OutboxGroup group, long now)
    {
        if (IsConfirmed(group))
            return false;
        var waiting = new Waiting(group with { Lines = default }, now);
        if (!EpochOf(group.Epoch).Waiting.Add(waiting))
            return true; // the same group twice: the first one waits for both
        _byTime.Enqueue(waiting);
        Count(waiting, 1);
        return true;
    }

    /// <summary>Adds confirmed numbers; the groups they complete leave the book, each with the time it was sent.</summary>
    public IReadOnlyList<(OutboxGroup Group, long Sent)> Confirm(string name, long from, long to)
    {
        var epoch = EpochOf(name);
        epoch.Confirmed.Add(from, to);
        while (epoch.Confirmed.Ranges.Count > MostRanges)
            epoch.Confirmed.Remove(epoch.Confirmed.Ranges[0].From, epoch.Confirmed.Ranges[0].To);
        List<(OutboxGroup, long)> done = [];
        foreach (var waiting in epoch.Between(from, to))
        {
            if (epoch.Confirmed.Covers(waiting.First, waiting.Last))
                done.Add((Leave(waiting), waiting.Sent));
        }

        return done;
    }

    /// <summary>The oldest group if it was sent at or before this time; it leaves the book.</summary>
    public OutboxGroup? TakeSentBefore(long time) => Oldest() is { } oldest && oldest.Sent <= time ? Leave(oldest) : null;

    /// <summary>Everything that waits leaves the book.</summary>
    public IReadOnlyList<OutboxGroup> TakeAll()
    {
        List<OutboxGroup> all = [];
        while (Oldest() is { } oldest)
            all.Add(Leave(oldest));
        return all;
    }

    private Waiting? Oldest()
    {
        while (_byTime.TryPeek(out var waiting))
        {
            if (!waiting.Left)
                return waiting;
            _byTime.Dequeue();
        }

        return null;
    }

    private OutboxGroup Leave(Waiting waiting)
    {
        waiting.Left = true;
        _epochs[waiting.Group.Epoch].Waiting.Remove(waiting);
        Count(waiting, -1);
        return waiting.Group;
    }

    private void Count(Waiting waiting, int sign)
    {
        Records += sign * waiting.Group.Count;
        _weight[(int)waiting.Group.Lane] += sign * (waiting.Group.Count + WeightOfAGroup);
    }

    private Epoch EpochOf(string name)
    {
        if (_epochs.TryGetValue(name, out var epoch))
            return epoch;
        // Epochs of earlier runs end; one that nobody waits for is forgotten first.
        while (_epochs.Count >= MostEpochs && _epochs.FirstOrDefault(pair => pair.Value.Waiting.Count == 0).Key is { } idle)
            _epochs.Remove(idle);
        return _epochs[name] = new Epoch();
    }

    private sealed class Waiting(OutboxGroup group, long sent)
    {
        public OutboxGroup Group => group;

        public long Sent => sent;

        public long First => group.FirstSeq;

        public long Last => group.FirstSeq + group.Count - 1;

        public bool Left { get; set; }
    }

    private sealed class Epoch
    {
        public SortedSet<Waiting> Waiting { get; } = new(ByNumber);

        public SeqRanges Confirmed { get; } = new();

        /// <summary>The groups that hold any of these numbers.</summary>
        public List<Waiting> Between(long from, long to)
        {
            if (Waiting.Count == 0)
                return [];
            var below = Waiting.GetViewBetween(Waiting.Min!, At(Math.Max(from, Waiting.Min!.First))).Max;
            return [.. Waiting.GetViewBetween(below ?? At(from), At(Math.Max(to, below?.First ?? from)))];
        }

        private static Waiting At(long number) => new(new OutboxGroup("", "", number, 1, default, default, Lane.Live, default), 0);
    }
}
