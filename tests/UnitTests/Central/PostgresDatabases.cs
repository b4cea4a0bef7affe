using Penstock.Central.Historian;
using Penstock.Central.Historian.Postgres;
using Penstock.IntegrationTests.Kit;
using Penstock.UnitTests.Central;
using Xunit;

[assembly: AssemblyFixture(typeof(PostgresDatabases))]

namespace Penstock.UnitTests.Central;

/// <summary>One PostgreSQL for all tests of the assembly, started by the first that needs it; a database for each test.</summary>
public sealed class PostgresDatabases : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);
    private static int _count;

    /// <summary>A new empty history; without a server the test skips and names the package.</summary>
    internal static async Task<string> NewAsync()
    {
        Assert.SkipUnless(PostgresServer.Programs is not null, "needs PostgreSQL 15 or later: apt-get install postgresql");
        var name = $"t{Interlocked.Increment(ref _count)}";
        var server = await Shared.Value;
        await server.Sql("postgres", $"CREATE DATABASE {name} TEMPLATE history");
        return name;
    }

    internal static async Task<PostgresServer> ServerAsync() => await Shared.Value;

    internal static async Task<IHistorian> OpenAsync(string database, TimeProvider clock) =>
        await PostgresHistorian.OpenAsync(new Server((await Shared.Value).ConnectionString(database) + ";Pooling=true;Maximum Pool Size=4"), clock, default);

    public async ValueTask DisposeAsync()
    {
        if (Shared.IsValueCreated)
            await (await Shared.Value).DisposeAsync();
    }

    private static async Task<PostgresServer> StartAsync()
    {
        var server = await PostgresServer.Start();
        await server.Sql("postgres", "CREATE DATABASE history");
        await using (await PostgresHistorian.OpenAsync(new Server(server.ConnectionString("history")), TimeProvider.System, default))
        {
        }

        return server;
    }
}
