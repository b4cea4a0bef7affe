using Npgsql;

namespace Penstock.IntegrationTests.Faults;

/// <summary>Looks ten times a second which rows of the load a reader of PostgreSQL sees.</summary>
internal sealed class RowWatch : IAsyncDisposable
{
    private const string Query =
        "SELECT min(newest), max(newest), count(*) FROM (SELECT max(time) AS newest FROM penstock.current_values WHERE site = 'load' GROUP BY device) d";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private readonly CancellationTokenSource _end = new();
    private readonly string _address;
    private readonly int _devices;
    private readonly Task _watching;

    /// <param name="devices">Before there are rows of so many, nothing counts.</param>
    public RowWatch(string address, int devices)
    {
        (_address, _devices) = (address, devices);
        _watching = Task.Run(WatchAsync);
    }

    public Flow Rows { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(_address);
                await connection.OpenAsync(_end.Token);
                while (true)
                {
                    await LookAsync(connection);
                    await Task.Delay(Step, _end.Token);
                }
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
            {
                await Task.Delay(Step, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LookAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(Query, connection);
        await using var reader = await command.ExecuteReaderAsync(_end.Token);
        await reader.ReadAsync(_end.Token);
        if (reader.GetInt64(2) >= _devices)
            Rows.Came(reader.GetFieldValue<DateTimeOffset>(0), reader.GetFieldValue<DateTimeOffset>(1));
    }
}
