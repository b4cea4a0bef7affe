using System.Text.Json;
using Penstock.EdgeAgent.Commands;

namespace Penstock.EdgeAgent.Status;

/// <summary>Asks the status page every second and shows each answer; an agent that is away is waited for.</summary>
internal sealed class Watcher(HttpClient http, WatchScreen screen, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task<int> RunAsync(bool once, CancellationToken token)
    {
        try
        {
            while (true)
            {
                var trouble = await LookAsync(token);
                if (once)
                    return trouble ? ExitCode.Problem : ExitCode.Fine;
                await Task.Delay(Interval, clock, token);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return ExitCode.Fine;
        }
        finally
        {
            screen.Leave();
        }
    }

    private async Task<bool> LookAsync(CancellationToken token)
    {
        try
        {
            var view = await http.GetFromJsonAsync("status.json", StatusJson.Default.StatusView, token);
            if (view is not null)
                screen.Show(view);
            return view is null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or TaskCanceledException && !token.IsCancellationRequested)
        {
            screen.ShowTrouble($"no answer from the agent at {http.BaseAddress}: {e.Message}");
            return true;
        }
    }
}
