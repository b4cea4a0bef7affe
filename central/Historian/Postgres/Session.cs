using Npgsql;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Postgres;

/// <summary>
/// The writing half's connection with what it holds in memory. After a failure the whole session is thrown away, so that memory
/// never says more than the tables of the server that is there now.
/// </summary>
internal sealed class Session : IAsyncDisposable
{
    private Session(NpgsqlConnection connection, TimeProvider clock)
    {
        Connection = connection;

        // A cancelled wait for the standby ends as a success with a warning; the routine's name is the same in every language.
        connection.Notice += (_, message) => IsUnconfirmed |= message.Notice.Routine == "SyncRepWaitForLSN";
        Catalog = new();
        Partitions = new();
        Marks = new(connection, clock);
        Groups = new(connection, Catalog, Marks);
        Tags = new(connection, Catalog);
        Ledger = new(connection);
        RollUps = new(connection, Marks);
        Removal = new(connection, RollUps, Partitions);
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>True when a commit is on this server and maybe not on its standby.</summary>
    public bool IsUnconfirmed { get; private set; }

    /// <summary>True when the last try met a row that another centre had just stored.</summary>
    public bool IsCareful { get; set; }

    public TagCatalog Catalog { get; }

    public Partitions Partitions { get; }

    public MinuteMarks Marks { get; }

    public GroupWriter Groups { get; }

    public TagWriter Tags { get; }

    public LedgerTable Ledger { get; }

    public RollUpRefresh RollUps { get; }

    public Removal Removal { get; }

    public static async Task<Session> OpenAsync(Server server, TimeProvider clock, CancellationToken cancel)
    {
        var session = new Session(await server.OpenAsync(cancel), clock);
        try
        {
            await Schema.MigrateAsync(session.Connection, cancel);
            await session.Connection.RunAsync("DROP TABLE IF EXISTS staged", cancel);
            await session.Connection.RunAsync(ReadingTable.CreateStaged, cancel);
            await session.Marks.OpenAsync(cancel);
            await session.Catalog.LoadAsync(session.Connection, cancel);
            await session.Partitions.LoadAsync(session.Connection, cancel);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>The raw floor as the open transaction sees it; another centre may have raised it. Before the first removal it lies before all time.</summary>
    public static async Task<Timestamp> RawFloorAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        new(await connection.ScalarAsync<long?>("SELECT value FROM meta WHERE key = 'raw_floor'", cancel) ?? long.MinValue);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Marks.CloseAsync();
        }
        catch (Exception e) when (Failures.IsOfTheDatabase(e) || e is InvalidOperationException)
        {
            // A connection that is broken holds nothing any more.
        }

        await Connection.DisposeAsync();
    }
}
