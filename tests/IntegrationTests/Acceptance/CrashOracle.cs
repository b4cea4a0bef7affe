using System.Globalization;
using System.Text.Json.Nodes;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Acceptance;

/// <summary>
/// Judges from outside: the device's own list of the numbers it answered against what the historian holds.
/// A number may be absent only when the agent was killed so shortly after it that the commit was still due, when it was the one
/// under way as the agent stopped in order, or when its answer came after the deadline of the poll: then the agent did not take
/// it, and a record that is not good says so. Where the medium had no room, also when a gap says that the outbox dropped it.
/// </summary>
/// <param name="until">Answers before this moment are judged; the agent was stopped in order some time after it.</param>
internal sealed class CrashOracle(
    IReadOnlyList<CrashOracle.Answer> answered, DateTimeOffset until, IReadOnlyList<Point> stored, IReadOnlyList<Point> notGood, IReadOnlyList<JsonNode> gaps)
{
    /// <summary>Time between an answer that came too late and the record that says so: the poll's deadline, on a busy machine.</summary>
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(1);

    /// <summary>Numbers whose answer was under way when the agent stopped in order.</summary>
    public IReadOnlySet<long> UnderWay { get; init; } = new HashSet<long>();

    /// <summary>The medium had no room for a while: what the outbox says it dropped is told, not lost.</summary>
    public bool MediumWasFull { get; init; }

    /// <summary>One line of the device's list.</summary>
    internal sealed record Answer(long Number, DateTimeOffset At);

    /// <summary>Agent-wide or device gap of the historian.</summary>
    private readonly List<Stretch> _gaps = [.. gaps.Select(gap => new Stretch(
        Point.Moment(gap["from"]!), Point.Moment(gap["to"]!), gap["cause"]!.GetValue<string>() == "outbox-full"))];

    public static IReadOnlyList<Answer> Read(string list) =>
        [.. File.ReadLines(list).Where(line => line.Contains(' ')).Select(Parse)];

    /// <summary>Everything that is wrong, in words; empty when all is well.</summary>
    /// <param name="kills">When the agent was killed.</param>
    /// <param name="commit">Longest time from an answer to its commit.</param>
    public IReadOnlyList<string> Judge(IReadOnlyList<DateTimeOffset> kills, TimeSpan commit) =>
        [.. Repeated(), .. NeverAnswered(), .. OutOfOrder(), .. Unexplained(), .. LostLongBefore(kills, commit)];

    /// <summary>The same in numbers, for the table of the fault runs.</summary>
    public (int Lost, int Double, int Unexplained) Count(IReadOnlyList<DateTimeOffset> kills, TimeSpan commit) =>
        (LostLongBefore(kills, commit).Count(), Repeated().Count(), NeverAnswered().Count() + OutOfOrder().Count() + Unexplained().Count());

    public int Missing => Lost().Sum(run => run.Count);

    private IEnumerable<string> Repeated()
    {
        foreach (var same in stored.GroupBy(point => (point.Agent, point.Epoch, point.Seq)).Where(same => same.Count() > 1))
            yield return $"number {same.Key.Seq} of epoch {same.Key.Epoch} stands {same.Count()} times in the historian";
        foreach (var same in stored.GroupBy(point => point.Value).Where(same => same.Count() > 1))
            yield return $"count {same.Key} stands {same.Count()} times in the historian";
    }

    private IEnumerable<string> NeverAnswered()
    {
        var known = answered.Select(answer => answer.Number).ToHashSet();
        return stored.Where(point => !known.Contains((long)point.Value!)).Select(point => $"count {point.Value} was never answered by the device");
    }

    private IEnumerable<string> OutOfOrder()
    {
        foreach (var epoch in stored.GroupBy(point => point.Epoch))
        {
            var inOrder = epoch.OrderBy(point => point.Seq).ToList();
            for (var index = 1; index < inOrder.Count; index++)
            {
                if (inOrder[index].Value <= inOrder[index - 1].Value)
                    yield return $"epoch {epoch.Key}: number {inOrder[index].Seq} holds count {inOrder[index].Value} after {inOrder[index - 1].Value}";
            }
        }
    }

    private IEnumerable<string> Unexplained() =>
        Lost().Where(run => !run.All(answer => _gaps.Any(gap => gap.Holds(answer))))
            .Select(run => $"{Words(run)} missing and in no gap; gaps nearby: {Nearby(run)}");

    private IEnumerable<string> LostLongBefore(IReadOnlyList<DateTimeOffset> kills, TimeSpan commit) =>
        from run in Lost()
        from answer in run
        where !kills.Any(kill => answer.At <= kill && answer.At >= kill - commit) && !WasDropped(answer)
        let next = kills.Where(kill => kill >= answer.At).Order().FirstOrDefault()
        select $"count {answer.Number} of {answer.At:HH:mm:ss.fff} is missing and no kill came within {commit} after it; the next one at {next:HH:mm:ss.fff}";

    private List<List<Answer>> Lost()
    {
        var held = stored.Select(point => (long)point.Value!).ToHashSet();
        var runs = new List<List<Answer>>();
        foreach (var answer in answered.Where(answer => answer.At < until && !held.Contains(answer.Number) && !UnderWay.Contains(answer.Number) && !CameTooLate(answer)))
        {
            if (runs.Count == 0 || runs[^1][^1].Number != answer.Number - 1)
                runs.Add([]);
            runs[^1].Add(answer);
        }

        return runs;
    }

    private bool WasDropped(Answer answer) => MediumWasFull && _gaps.Any(gap => gap.IsDrop && gap.Holds(answer));

    private bool CameTooLate(Answer answer) => notGood.Any(point => (point.Ts - answer.At).Duration() < Lateness);

    private string Nearby(List<Answer> run) => string.Join(", ", _gaps
        .Where(gap => gap.To >= run[0].At - TimeSpan.FromSeconds(5) && gap.From <= run[^1].At + TimeSpan.FromSeconds(5))
        .Select(gap => $"{gap.From:HH:mm:ss.ffffff}-{gap.To:HH:mm:ss.ffffff}"));

    private static string Words(List<Answer> run) =>
        $"count {run[0].Number} to {run[^1].Number} ({run[0].At:HH:mm:ss.ffffff} to {run[^1].At:HH:mm:ss.ffffff})";

    private static Answer Parse(string line)
    {
        var parts = line.Split(' ');
        return new(
            long.Parse(parts[0], CultureInfo.InvariantCulture),
            DateTimeOffset.UnixEpoch.AddMicroseconds(long.Parse(parts[1], CultureInfo.InvariantCulture)));
    }

    private sealed record Stretch(DateTimeOffset From, DateTimeOffset To, bool IsDrop)
    {
        public bool Holds(Answer answer) => From <= answer.At && answer.At <= To;
    }
}
