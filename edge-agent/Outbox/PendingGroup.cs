using System.Buffers;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>Completes when every record of one append is on disk or acknowledged.</summary>
internal sealed class Acceptance
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;

    public Task Task => _done.Task;

    public void Enter() => _open++;

    public void Leave()
    {
        if (--_open == 0)
            _done.TrySetResult();
    }

    public void Fail(OutboxException reason)
    {
        _done.TrySetException(reason);
        // The source may not wait for it; the loss is counted and told by a gap.
        _ = _done.Task.Exception;
    }
}

/// <summary>Numbered records that are in memory only.</summary>
internal sealed record PendingGroup(NumberedLines Lines, IReadOnlyList<Acceptance> Waiting, long Since)
{
    /// <summary>Stands in the live lane, or did.</summary>
    public bool Offered { get; set; }

    public void Accept()
    {
        foreach (var acceptance in Waiting)
            acceptance.Leave();
    }
}

/// <summary>Collects encoded records until they are sealed as a group. Reused.</summary>
internal sealed class GroupBuilder
{
    private const int KeepBytes = 1 << 20;

    private readonly List<Acceptance> _waiting = [];
    private readonly List<byte> _classes = [];
    private ArrayBufferWriter<byte> _lines = new(16 << 10);
    private long _first;
    private int _counted;
    private long _since;
    private bool _namesLost;
    private Timestamp _minTs;
    private Timestamp _maxTs;

    public int Count { get; private set; }

    public int Bytes => _lines.WrittenCount;

    /// <summary>Monotonic time of the oldest record in it.</summary>
    public long Since => _since;

    /// <summary>Bytes written and not yet counted by <see cref="Add"/>.</summary>
    public int Added => _lines.WrittenCount - _counted;

    public long First => _first;

    public IBufferWriter<byte> Output => _lines;

    /// <summary>The record just written to <see cref="Output"/> counts.</summary>
    public void Add(long seq, RecordClass recordClass, Timestamp ts, bool namesLost, Acceptance? acceptance, long now)
    {
        _classes.Add((byte)recordClass);
        _lines.Write("\n"u8);
        _counted = _lines.WrittenCount;
        if (Count++ == 0)
            (_first, _since, _minTs, _maxTs, _namesLost) = (seq, now, ts, ts, false);
        _minTs = ts < _minTs ? ts : _minTs;
        _maxTs = ts > _maxTs ? ts : _maxTs;
        _namesLost |= namesLost;
        if (acceptance is null || (_waiting.Count > 0 && _waiting[^1] == acceptance))
            return;
        acceptance.Enter();
        _waiting.Add(acceptance);
    }

    public PendingGroup Seal()
    {
        var lines = new NumberedLines(_first, Count, _minTs, _maxTs, _namesLost, _lines.WrittenSpan.ToArray(), _classes.ToArray());
        var group = new PendingGroup(lines, [.. _waiting], _since);
        Count = 0;
        _counted = 0;
        _classes.Clear();
        _waiting.Clear();
        if (_lines.Capacity > KeepBytes)
            _lines = new ArrayBufferWriter<byte>(16 << 10);
        else
            _lines.ResetWrittenCount();
        return group;
    }
}
