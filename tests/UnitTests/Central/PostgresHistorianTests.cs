using Penstock.Central.Historian;

namespace Penstock.UnitTests.Central;

public sealed class PostgresHistorianTests : HistorianContract
{
    private string? _database;

    private protected override TimeSpan RemovalStep => TimeSpan.FromDays(1);

    private protected override async ValueTask<IHistorian> OpenAsync(string folder, TimeProvider clock) =>
        await PostgresDatabases.OpenAsync(_database ??= await PostgresDatabases.NewAsync(), clock);
}

public sealed class PostgresHistorianOrderTests : HistorianOrderContract
{
    private string? _database;

    // Every commit is synced to a real disk.
    private protected override int Stories => 6;

    private protected override async ValueTask<IHistorian> OpenAsync(string folder, TimeProvider clock)
    {
        _database ??= await PostgresDatabases.NewAsync();
        await (await PostgresDatabases.ServerAsync()).Sql(
            _database,
            """
            DO $$ BEGIN EXECUTE (SELECT 'TRUNCATE ' || string_agg(oid::regclass::text, ', ') || ' RESTART IDENTITY' FROM pg_class
                WHERE relnamespace = 'penstock'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'schema_versions'); END $$
            """);
        return await PostgresDatabases.OpenAsync(_database, clock);
    }
}
