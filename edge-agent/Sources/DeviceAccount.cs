using Penstock.EdgeAgent.Running;

namespace Penstock.EdgeAgent.Sources;

/// <summary>
/// Where the samples of one device went: scheduled = good + not good + suppressed + missed. Any thread may add or look;
/// a sample is moved from good or not good to missed when its record could not be kept.
/// </summary>
internal sealed class DeviceAccount(AgentCounters totals)
{
    private readonly Lock _lock = new();
    private AccountState _state = new(0, 0, 0, 0, 0);

    public AccountState Look()
    {
        lock (_lock)
            return _state;
    }

    public void Took(int samples, int good, int notGood, int suppressed)
    {
        totals.Samples.Add(samples);
        totals.SamplesSuppressed.Add(suppressed);
        lock (_lock)
        {
            _state = new AccountState(
                _state.Scheduled + samples, _state.Good + good, _state.NotGood + notGood, _state.Suppressed + suppressed, _state.Missed);
        }
    }

    public void Missed(long samples)
    {
        totals.SamplesMissed.Add(samples);
        lock (_lock)
            _state = _state with { Scheduled = _state.Scheduled + samples, Missed = _state.Missed + samples };
    }

    public void NotKept(int good, int notGood)
    {
        totals.SamplesMissed.Add(good + notGood);
        totals.RecordsNotKept.Add(good + notGood);
        lock (_lock)
        {
            _state = _state with
            {
                Good = _state.Good - good,
                NotGood = _state.NotGood - notGood,
                Missed = _state.Missed + good + notGood,
            };
        }
    }
}

/// <summary>One look at the account of a device.</summary>
internal sealed record AccountState(long Scheduled, long Good, long NotGood, long Suppressed, long Missed);
