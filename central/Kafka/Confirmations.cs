using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Kafka;

/// <summary>From what a commit made durable to what the agents are told.</summary>
internal static class Confirmations
{
    /// <summary>Room for the ranges of one message. A message of refused numbers carries them twice, so half of the limit.</summary>
    private const int MaxRangeBytes = (RecordCodec.MaxConfirmationBytes / 2) - 512;

    /// <summary>Most bytes of a range beside the name of its epoch: <c>{"epoch":"","from":,"to":},</c> and two numbers of 19 digits.</summary>
    private const int RangeBytes = 66;

    /// <summary>
    /// One or more messages per agent: the numbers that are stored (duplicates among them), and apart those refused for good.
    /// A record without a readable identity is no number of anyone.
    /// </summary>
    public static IReadOnlyList<Confirmation> Of(RecordGroup group, IReadOnlyCollection<RefusedLine> refused, Timestamp committed)
    {
        var dead = new NumberSets();
        foreach (var line in refused)
        {
            if (line is { Agent: { } agent, Epoch: { } epoch, Seq: { } seq })
                dead.Add(agent, epoch, seq);
        }

        var lines = refused.Select(line => line.Line).ToHashSet();
        var stored = new NumberSets();
        foreach (var (line, reading) in group.Readings)
        {
            if (lines.Count == 0 || !lines.Contains(line))
                stored.Add(reading.Agent, reading.Epoch, reading.Seq);
        }

        foreach (var (line, item) in group.Events)
        {
            if (lines.Count == 0 || !lines.Contains(line))
                stored.Add(item.Agent, item.Epoch, item.Seq);
        }

        return
        [
            .. from part in stored.Parts() select new Confirmation { Agent = part.Agent, Ts = committed, Numbers = part.Ranges },
            .. from part in dead.Parts() select new Confirmation { Agent = part.Agent, Ts = committed, Numbers = part.Ranges, Refused = part.Ranges },
        ];
    }

    /// <summary>Numbers by agent and epoch, to be read as ranges.</summary>
    private sealed class NumberSets
    {
        private readonly Dictionary<(string Agent, string Epoch), List<long>> _numbers = [];
        private (string Agent, string Epoch) _lastKey;
        private List<long>? _last;

        public void Add(string agent, string epoch, long seq)
        {
            if (_last is null || _lastKey.Agent != agent || _lastKey.Epoch != epoch)
            {
                _lastKey = (agent, epoch);
                if (!_numbers.TryGetValue(_lastKey, out _last))
                    _numbers[_lastKey] = _last = [];
            }

            _last.Add(seq);
        }

        public IEnumerable<(string Agent, IReadOnlyList<SeqRange> Ranges)> Parts()
        {
            foreach (var agent in _numbers.GroupBy(entry => entry.Key.Agent))
            {
                List<SeqRange> part = [];
                var bytes = 0;
                foreach (var range in agent.SelectMany(entry => Ranges(entry.Key.Epoch, entry.Value)))
                {
                    if (bytes + range.Epoch.Length + RangeBytes > MaxRangeBytes)
                    {
                        yield return (agent.Key, part);
                        (part, bytes) = ([], 0);
                    }

                    part.Add(range);
                    bytes += range.Epoch.Length + RangeBytes;
                }

                yield return (agent.Key, part);
            }
        }

        private static IEnumerable<SeqRange> Ranges(string epoch, List<long> numbers)
        {
            numbers.Sort();
            var (from, to) = (numbers[0], numbers[0]);
            foreach (var number in numbers)
            {
                if (number > to + 1)
                {
                    yield return new(epoch, from, to);
                    from = number;
                }

                to = number;
            }

            yield return new(epoch, from, to);
        }
    }
}
