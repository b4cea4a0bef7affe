namespace Penstock.EdgeAgent.Running;

/// <summary>The stop in steps, each with its share of the whole; a step that hangs is named and left behind.</summary>
internal sealed class StopBudget(TimeSpan whole, TimeProvider clock, ILogger log)
{
    private readonly long _started = clock.GetTimestamp();

    /// <summary>What is left for the last step.</summary>
    public TimeSpan Rest => TimeSpan.FromTicks(Math.Max(0, (whole - clock.GetElapsedTime(_started)).Ticks));

    public async Task GiveAsync(TimeSpan most, string part, Task work)
    {
        using var ended = new CancellationTokenSource();
        var delay = Task.Delay(most, clock, ended.Token);
        if (await Task.WhenAny(work, delay) == work)
        {
            await ended.CancelAsync();
            await work;
        }
        else
        {
            log.DidNotEnd(part, most.TotalSeconds);
        }
    }
}
