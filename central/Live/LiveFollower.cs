using Penstock.Central.Historian;

namespace Penstock.Central.Live;

/// <summary>Shows on this centre's page what other centres commit.</summary>
internal sealed class LiveFollower(IChangeFeed feed, LiveBoard board, TimeProvider clock, ILogger<LiveFollower> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await feed.FollowAsync(board.Show, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.FollowLost(e.Message);
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
