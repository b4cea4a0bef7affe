using Penstock.EdgeAgent.Outbox;

namespace Penstock.UnitTests.Outbox;

/// <summary>One random story of an outbox, told entirely by its seed.</summary>
internal sealed class OutboxPlay : IDisposable
{
    private readonly Random _random;
    private readonly ModelFiles _files;
    private readonly ModelClock _clock = new();
    private readonly OutboxModel _model;
    private readonly Action<string> _tell;
    private readonly bool _mayRot;

    public OutboxPlay(int seed, Func<ModelFiles, IOutboxFiles>? plant = null, Action<string>? tell = null)
    {
        _random = new Random(seed);
        _files = new ModelFiles(_random);
        _mayRot = _random.Next(5) == 0;
        var options = new OutboxOptions
        {
            Storage = _random.Next(2) == 0 ? StorageMode.Ssd : StorageMode.Card,
            SegmentBytes = 8 << 10,
            CapBytes = (3 + _random.Next(5)) * (8 << 10),
            GroupRecords = 1 + _random.Next(12),
        };
        _model = new OutboxModel(plant?.Invoke(_files) ?? _files, _clock, _random, options, tell ?? (_ => { }));
        _tell = tell ?? (_ => { });
        _tell($"{options.Storage}, cap {options.CapBytes}, groups of {options.GroupRecords}, may rot: {_mayRot}");
    }

    public long Delivered => _model.Delivered;

    /// <summary>Plays a seed; null when all went well, else what broke.</summary>
    public static string? Try(int seed, Func<ModelFiles, IOutboxFiles>? plant = null, Action<string>? tell = null)
    {
        try
        {
            using var play = new OutboxPlay(seed, plant, tell);
            play.Run();
            return null;
        }
        catch (Exception e)
        {
            return $"seed {seed}: {e.GetType().Name}: {e.Message}\n{e.StackTrace}";
        }
    }

    public void Dispose() => _model.Dispose();

    public void Run()
    {
        Guard(_model.Open);
        var steps = 20 + _random.Next(60);
        for (var i = 0; i < steps; i++)
            Guard(Act);
        _files.Reset();
        Guard(_model.Drain);
        Reopen(cut: true);
        _files.Reset();
        Reopen(cut: true, calm: true);
        Guard(_model.Drain);
        _model.CheckComplete();
    }

    private void Act()
    {
        switch (_random.Next(100))
        {
            case < 30:
                _model.Append(1 + _random.Next(_random.Next(10) == 0 ? 60 : 6), _random.Next(20) == 0);
                break;
            case < 50:
                _clock.Advance(TimeSpan.FromMilliseconds(_random.Next(6000)));
                _model.CommitIfDue();
                break;
            case < 54:
                _model.Commit();
                break;
            case < 66:
                _model.TakeLive();
                break;
            case < 73:
                _model.TakeBacklog();
                break;
            case < 84:
                Settle();
                break;
            case < 92:
                Reopen(cut: _random.Next(3) > 0);
                break;
            default:
                Disturb();
                break;
        }
    }

    private void Settle()
    {
        if (_model.Taken.Count == 0)
            return;
        var index = _random.Next(_model.Taken.Count);
        if (_random.Next(4) > 0)
            _model.Acknowledge(index);
        else
            _model.Return(index);
    }

    private void Disturb()
    {
        var kind = _random.Next(7);
        _tell($"disturb {kind}");
        switch (kind)
        {
            case 0:
                _files.Failures = 1 + _random.Next(4);
                break;
            case 1:
                _files.DiskFull = !_files.DiskFull;
                break;
            case 2:
                _files.ReadFailures = 1 + _random.Next(2);
                break;
            case 3:
                _files.Put($"{_random.Next(100)}.txt", [1, 2, 3]);
                break;
            case 4 when _mayRot && !_model.Rotten:
                _model.Rotten |= _files.Rot();
                break;
            case 5 when !_mayRot:
                _clock.Step(TimeSpan.FromSeconds(_random.Next(-4000, 4000)));
                break;
            default:
                _files.CutIn = _random.Next(8);
                break;
        }
    }

    /// <summary>A stop and a start; the start may be cut as well, again and again.</summary>
    private void Reopen(bool cut, bool calm = false)
    {
        if (!cut && _random.Next(2) == 0)
        {
            Guard(_model.CloseInOrder);
        }
        else
        {
            _tell(cut ? "crash" : "kill");
            _model.Abandon();
            if (cut)
                _files.Crash();
            else
                _files.Reset();
        }

        if (!calm)
            TroubleTheOpen();
        Guard(_model.Open, alreadyStopped: true);
    }

    private void TroubleTheOpen()
    {
        if (_random.Next(4) == 0)
            _files.CutIn = _random.Next(6);
        else if (_random.Next(8) == 0)
            _files.Failures = 1 + _random.Next(3);
        else if (_random.Next(12) == 0)
            _files.ReadFailures = 1;
        _model.Unread |= _files.ReadFailures > 0;
    }

    private void Guard(Action action) => Guard(action, alreadyStopped: false);

    private void Guard(Action action, bool alreadyStopped)
    {
        try
        {
            action();
            return;
        }
        catch (PowerCutException)
        {
            _tell("power cut");
            _model.Abandon();
            _files.Crash();
        }

        Guard(_model.Open, alreadyStopped: true);
        if (!alreadyStopped && action == _model.Drain)
            Guard(action);
    }
}
