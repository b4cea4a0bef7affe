using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Penstock.Central;
using Penstock.Central.Historian.Sqlite;
using Penstock.Central.Ingest;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

public sealed class HousekeepingTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(Noon.ToDateTimeOffset());
    private readonly CentralMetrics _metrics = new(new IngestQueue(), new IngestBudget());
    private SqliteHistorian _historian = null!; // Set before each test by InitializeAsync.

    public async ValueTask InitializeAsync()
    {
        _historian = new(_folder["history.db"], _clock);
        await _historian.CommitAsync([Group(Enumerable.Range(0, 48).Select(hour => Reading(hour + 1, hour, hour * 3600)))], [], default);
        _clock.Advance(TimeSpan.FromDays(2));
    }

    public async ValueTask DisposeAsync()
    {
        await _historian.DisposeAsync();
        _metrics.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Readings_beyond_the_retention_go()
    {
        await Run(new() { DataFolder = _folder.Path, Retention = TimeSpan.FromDays(1), DiskFloorBytes = 0 });

        Assert.Equal(Noon + TimeSpan.FromDays(1), await _historian.ReadOldestAsync(default));
    }

    [Fact]
    public async Task Without_a_retention_and_with_room_everything_stays()
    {
        await Run(new() { DataFolder = _folder.Path, DiskFloorBytes = 0 });

        Assert.Equal(Noon, await _historian.ReadOldestAsync(default));
    }

    [Fact]
    public async Task Below_the_disk_floor_the_oldest_readings_go_first_and_those_of_the_last_day_stay()
    {
        await Run(new() { DataFolder = _folder.Path, DiskFloorBytes = long.MaxValue });

        var oldest = await _historian.ReadOldestAsync(default);
        Assert.InRange(oldest!.Value - Noon, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
    }

    private async Task Run(CentralOptions options)
    {
        var housekeeping = new Housekeeping(_historian, options, _metrics, _clock, NullLogger<Housekeeping>.Instance);
        for (var i = 0; i < 60; i++)
            await housekeeping.RunAsync(default);
    }
}
