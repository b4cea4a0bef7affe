namespace Penstock.EdgeAgent.Running;

/// <summary>The stop in steps, each with its share of the five seconds; a step that hangs is named and left behind.</summary>
internal sealed class StopBudget(TimeProvider clock, ILogger log)
{
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
