using System.Data;
using System.Globalization;
using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>
/// Follows what the other centres commit; what this one commits it shows by itself. A notification of another is only the wake-up;
/// what changed is read from the tables by the number of the transaction that wrote it. The position is the oldest transaction still open at the last look, so nothing that commits late is
/// passed over; what was open then is read twice.
/// </summary>
internal sealed class ChangeFeed(Server server, TimeProvider clock)
{
    private const string Channel = "penstock";
    private const int MaxGaps = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Looking takes at most one part in so many of the time: with thousands of tags it costs the database, which has to store them too.</summary>
    private const int Share = 5;

    /// <summary>A centre that dies between commit and notification is noticed after this long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How far back the first look tells of gaps; later ones tell what is new, however old it is.</summary>
    private static readonly TimeSpan FirstGaps = TimeSpan.FromHours(24);

    private ulong _position;
    private volatile int _writer;
    private volatile bool _othersTold;

    public async Task FollowAsync(Action<SharedChanges> show, CancellationToken cancel)
    {
        await using var connection = await server.OpenAsync(cancel);
        connection.Notification += (_, told) => _othersTold |= told.PID != _writer;
        await connection.RunAsync("LISTEN " + Channel, cancel);
        while (true)
        {
            _othersTold = false;
            var started = clock.GetTimestamp();
            show(await ReadAsync(connection, cancel));
            var rest = clock.GetElapsedTime(started) * (Share - 1);
            await Task.Delay(rest > Pause ? rest : Pause, clock, cancel);
            await WaitForOthersAsync(connection, cancel);
        }
    }

    /// <summary>Wakes the others. Outside of the commit, which must not queue on the one lock that notifications take.</summary>
    public Task TellAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        _writer = connection.ProcessID;
        return connection.RunAsync("NOTIFY " + Channel, cancel);
    }

    private async Task WaitForOthersAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        while (!_othersTold && clock.GetElapsedTime(started) is var waited && waited < Patience)
        {
            if (!await connection.WaitAsync(Patience - waited, cancel))
                return;
        }
    }

    private async Task<SharedChanges> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var open = ulong.Parse(
            (await connection.ScalarAsync<string>("SELECT pg_snapshot_xmin(pg_current_snapshot())::text", cancel))!, // the function always has a value
            CultureInfo.InvariantCulture);

        // A restored or new server counts from elsewhere: then everything is read again.
        var since = (open < _position ? 0 : _position).ToString(CultureInfo.InvariantCulture);
        var tags = await connection.RowsAsync(
            PostgresReader.MapTag, PostgresReader.TagQuery + PostgresReader.PresentNames + " AND (t.changed >= $1::text::xid8 OR l.changed >= $1::text::xid8)", cancel, since);
        var agents = await connection.RowsAsync(r => r.GetString(0), "SELECT agent FROM agents WHERE changed >= $1::text::xid8", cancel, since);
        var gaps = await connection.RowsAsync(
            PostgresReader.MapGap, PostgresReader.GapColumns + " WHERE g.changed >= $1::text::xid8 AND ($1 <> '0' OR g.to_ts >= $3) ORDER BY g.ts DESC LIMIT $2", cancel,
            since, MaxGaps, (Timestamp.Now(clock) - FirstGaps).ToBorder());
        gaps.Reverse();
        _position = open;
        return new(tags, agents, gaps);
    }
}
