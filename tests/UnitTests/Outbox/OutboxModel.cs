using System.Text.Json;
using Microsoft.Extensions.Logging;
using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.UnitTests.Outbox;

/// <summary>What the model found wrong; carries no more than a sentence, the seed tells the rest.</summary>
internal sealed class ModelBrokenException(string message) : Exception(message);

/// <summary>
/// The product's engine and log on a folder in memory, beside the plain truth: which records were given, accepted,
/// delivered, acknowledged and named by gaps. Every delivery is checked at once, completeness at the end.
/// </summary>
internal sealed class OutboxModel(IOutboxFiles files, ModelClock clock, Random random, OutboxOptions options, Action<string> tell)
    : IDisposable
{
    private readonly Dictionary<(string Epoch, long Seq), Given> _given = [];
    private readonly Dictionary<(string Epoch, long Seq), string> _events = [];
    private readonly HashSet<(string Epoch, long Seq)> _acknowledged = [];
    private readonly HashSet<(string Epoch, long Seq)> _ackUnwritten = [];
    private readonly HashSet<(string Epoch, long Seq)> _ackDurable = [];
    private readonly HashSet<(string Epoch, long Seq)> _named = [];
    private readonly HashSet<(string Epoch, long Seq)> _out = [];
    private readonly HashSet<string> _epochs = [];
    private readonly List<Gap> _gapsByTime = [];
    private readonly List<OutboxGroup> _taken = [];
    private readonly TellingLogger _logger = new(tell);
    private OutboxEngine? _engine;
    private SegmentLog? _log;
    private long _lastLive;
    private int _nextValue = 1;

    /// <summary>Bits were flipped: what cannot be named by number may be covered by time.</summary>
    public bool Rotten { get; set; }

    /// <summary>The medium could not be read at some open: acknowledgements may have been out of sight.</summary>
    public bool Unread { get; set; }

    public long Delivered { get; private set; }

    public OutboxEngine Engine => _engine ?? throw new InvalidOperationException("not open");

    public IReadOnlyList<OutboxGroup> Taken => _taken;

    public void Open()
    {
        var epoch = EpochName.New(clock, random);
        Require(_epochs.Add(epoch), $"epoch {epoch} was given twice");
        _log = new SegmentLog(files, options, clock, "a1", "north", epoch, _logger);
        _engine = new OutboxEngine(_log, options, clock, "a1", epoch, "north", _logger);
        _lastLive = 0;
        _taken.Clear();
        _out.Clear();
        _ackUnwritten.Clear();
        tell($"open {epoch} on {string.Join(' ', files.List().Order(StringComparer.Ordinal))}");
        _engine.Open();
        foreach (var book in _log.Index.Epochs)
            tell($"  {book.Epoch} on disk {Text(book.OnDisk)}, done {Text(book.Done)}, last {book.Last}");
        NoteCommit(_engine.Trouble is null);
    }

    public void Append(int count, bool withRefused)
    {
        List<Reading> readings = [];
        for (var i = 0; i < count; i++)
            readings.Add(Sample.Reading(_nextValue++) with { Ts = Timestamp.Now(clock) });
        if (withRefused)
            readings.Insert(random.Next(readings.Count + 1), Sample.Reading(0) with { Tag = "Not A Name" });
        var before = Engine.LastGiven;
        var acceptance = new Acceptance();
        tell($"append {readings.Count} after {before}");
        Engine.Append(readings, [], acceptance);
        if (Engine.LastGiven == before)
            return;
        for (var i = 0; i < readings.Count; i++)
        {
            if (readings[i].Value != 0)
                _given[(Engine.Epoch, Engine.LastGiven - readings.Count + 1 + i)] = new(readings[i].Value!.Value, readings[i].Ts, acceptance.Task);
        }
    }

    public void CommitIfDue()
    {
        if (Engine.IsDue)
            Commit();
    }

    public void Commit() => NoteCommit(Engine.Commit());

    public bool TakeLive()
    {
        if (Engine.Live.TryTake() is not { } group)
            return false;
        Require(group.FirstSeq > _lastLive, $"live lane went back from {_lastLive} to {group.FirstSeq}");
        _lastLive = group.FirstSeq + group.Count - 1;
        Receive(group);
        return true;
    }

    public bool TakeBacklog()
    {
        try
        {
            if (Engine.TakeBacklog() is not { } group)
                return false;
            Receive(group);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Acknowledge(int index)
    {
        var group = Release(index);
        tell($"acknowledge {group.FirstSeq}+{group.Count} of {group.Epoch}");
        _acknowledged.UnionWith(Keys(group));
        _ackUnwritten.UnionWith(Keys(group));
        Engine.Acknowledge(group);
    }

    public void Return(int index)
    {
        var group = Release(index);
        tell($"return {group.FirstSeq}+{group.Count} of {group.Epoch}");
        Engine.Return(group);
    }

    public void CloseInOrder()
    {
        NoteCommit(Engine.Close());
        Abandon();
    }

    /// <summary>The process is gone; nothing of it may touch the folder again.</summary>
    public void Abandon()
    {
        _engine?.Dispose();
        _engine = null;
    }

    /// <summary>Sends everything to the far end.</summary>
    public void Drain()
    {
        for (var idle = 0; idle < 3;)
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            Commit();
            while (TakeLive() || TakeBacklog())
            {
            }

            idle = _taken.Count > 0 ? 0 : idle + 1;
            while (_taken.Count > 0)
                Acknowledge(_taken.Count - 1);
        }
    }

    /// <summary>Every accepted record arrived or is named.</summary>
    public void CheckComplete()
    {
        foreach (var (key, given) in _given)
        {
            if (given.Accepted.IsCompletedSuccessfully && !_acknowledged.Contains(key) && !_named.Contains(key) && !CoveredByTime(given.Ts))
                throw new ModelBrokenException($"accepted record {key.Seq} of {key.Epoch} is neither delivered nor named");
        }
    }

    public void Dispose() => Abandon();

    private bool CoveredByTime(Timestamp ts) => Rotten && _gapsByTime.Any(gap => gap.From <= ts && ts <= gap.To);

    private void NoteCommit(bool done)
    {
        tell($"commit {(done ? "done" : "failed")}");
        if (!done)
            return;
        _ackDurable.UnionWith(_ackUnwritten);
        _ackUnwritten.Clear();
        if (options.CapBytes > 0 && files is ModelFiles { } model)
            Require(model.TotalBytes <= options.CapBytes, $"{model.TotalBytes} bytes on disk, cap {options.CapBytes}");
    }

    private void Receive(OutboxGroup group)
    {
        tell($"{group.Lane} gives {group.FirstSeq}+{group.Count} of {group.Epoch}");
        _taken.Add(group);
        Delivered += group.Count;
        var seq = group.FirstSeq;
        foreach (var item in Sample.Objects(group))
        {
            var key = (group.Epoch, seq);
            Require(item.GetProperty("seq").GetInt64() == seq && item.GetProperty("epoch").GetString() == group.Epoch, $"line of {seq} has another number");
            Require(_out.Add(key), $"record {seq} of {group.Epoch} is out twice");
            Require(!_ackDurable.Contains(key) || Rotten || Unread, $"record {seq} of {group.Epoch} came again after its durable acknowledgement");
            Check(key, item);
            seq++;
        }

        Require(seq == group.FirstSeq + group.Count, $"group of {group.Count} has {seq - group.FirstSeq} lines");
    }

    private void Check((string Epoch, long Seq) key, JsonElement item)
    {
        if (item.TryGetProperty("event", out _))
        {
            Require(!_given.ContainsKey(key), $"event stands at the number of reading {key.Seq}");
            Require(_events.TryAdd(key, item.GetRawText()) || _events[key] == item.GetRawText(), $"number {key.Seq} was given twice");
            Note(item);
            return;
        }

        Require(_given.TryGetValue(key, out var given), $"record {key.Seq} of {key.Epoch} was never appended");
        Require(item.GetProperty("value").GetDouble() == given!.Value, $"record {key.Seq} of {key.Epoch} has another value");
    }

    private void Note(JsonElement item)
    {
        Require(RecordCodec.TryDecode(JsonSerializer.SerializeToUtf8Bytes(item), out Event? decoded) is null, "an event cannot be read");
        if (decoded!.Gap is not { } gap)
            return;
        // Damage is told by time as well as by the numbers that are known; such an event may itself be dropped at the cap.
        if (gap.Numbers is null || gap.Cause is GapCauses.OutboxFull or GapCauses.OutboxDamaged)
            _gapsByTime.Add(gap);
        tell($"  gap {gap.Cause} {string.Join(' ', (gap.Numbers ?? []).Select(range => $"{range.Epoch}:{range.From}-{range.To}"))}");
        foreach (var range in gap.Numbers ?? [])
        {
            Require(_epochs.Contains(range.Epoch), $"a gap names epoch {range.Epoch}");
            for (var seq = range.From; seq <= range.To; seq++)
                _named.Add((range.Epoch, seq));
        }
    }

    private OutboxGroup Release(int index)
    {
        var group = _taken[index];
        _taken.RemoveAt(index);
        _out.ExceptWith(Keys(group));
        return group;
    }

    private static IEnumerable<(string Epoch, long Seq)> Keys(OutboxGroup group)
    {
        for (var i = 0; i < group.Count; i++)
            yield return (group.Epoch, group.FirstSeq + i);
    }

    private static string Text(SeqRanges ranges) => string.Join(' ', ranges.Ranges.Select(range => $"{range.From}-{range.To}"));

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new ModelBrokenException(otherwise);
    }

    private sealed record Given(double Value, Timestamp Ts, Task Accepted);

    private sealed class TellingLogger(Action<string> tell) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            tell($"  log: {formatter(state, exception)}");
    }
}
