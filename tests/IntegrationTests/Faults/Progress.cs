namespace Penstock.IntegrationTests.Faults;

/// <summary>How far values have come by their sample time, as one observer sees it.</summary>
internal sealed class Progress
{
    private readonly Lock _lock = new();
    private readonly List<(DateTimeOffset Seen, DateTimeOffset UpTo)> _steps = [];

    /// <summary>What is not newer than before is no step.</summary>
    public void Came(DateTimeOffset seen, DateTimeOffset upTo)
    {
        lock (_lock)
        {
            if (_steps.Count == 0 || upTo > _steps[^1].UpTo)
                _steps.Add((seen, upTo));
        }
    }

    /// <summary>When something sampled after the moment was first seen; null when nothing was yet.</summary>
    public DateTimeOffset? Passed(DateTimeOffset moment)
    {
        lock (_lock)
            return _steps.FindIndex(step => step.UpTo > moment) is >= 0 and var index ? _steps[index].Seen : null;
    }

    /// <summary>The longest time between two steps, and when it began.</summary>
    public (DateTimeOffset Began, TimeSpan Length) LongestStandStill()
    {
        lock (_lock)
        {
            return _steps.Zip(_steps.Skip(1), (one, next) => (one.Seen, next.Seen - one.Seen))
                .OrderByDescending(pause => pause.Item2).FirstOrDefault();
        }
    }
}

/// <summary>The values of many devices: one stands for any of them that moves, the other for the last of them.</summary>
internal sealed class Flow
{
    public Progress Any { get; } = new();

    public Progress Every { get; } = new();

    public void Came(DateTimeOffset slowest, DateTimeOffset fastest)
    {
        var seen = TimeProvider.System.GetUtcNow();
        Any.Came(seen, fastest);
        Every.Came(seen, slowest);
    }
}
