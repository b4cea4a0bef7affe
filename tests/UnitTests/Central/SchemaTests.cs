using Microsoft.Data.Sqlite;
using Penstock.Central.Historian;
using Penstock.Central.Historian.Sqlite;
using Xunit;

namespace Penstock.UnitTests.Central;

public sealed class SchemaTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_fresh_file_gets_the_current_version()
    {
        using var database = new Database(_folder["h.db"]);

        Assert.Equal(Schema.Current, database.Writer.Scalar<long>("PRAGMA user_version"));
    }

    [Fact]
    public void A_file_of_version_0_is_migrated_and_keeps_what_is_in_it()
    {
        using (var old = Open())
            old.Run("CREATE TABLE other (x)");

        using var database = new Database(_folder["h.db"]);

        Assert.Equal(Schema.Current, database.Writer.Scalar<long>("PRAGMA user_version"));
        Assert.Equal(2, database.Writer.Scalar<long>("SELECT count(*) FROM sqlite_master WHERE name IN ('other', 'readings')"));
    }

    [Fact]
    public void A_migration_that_fails_leaves_the_old_version()
    {
        using (var old = Open())
            old.Run("CREATE TABLE removals (x)");

        Assert.Throws<HistorianException>(() => new Database(_folder["h.db"]));

        using var after = Open();
        Assert.Equal(0, after.Scalar<long>("PRAGMA user_version"));
        Assert.Equal(0, after.Scalar<long>("SELECT count(*) FROM sqlite_master WHERE name = 'readings'"));
    }

    [Fact]
    public void A_newer_file_is_refused_with_the_repair()
    {
        using (var newer = Open())
            newer.Run("PRAGMA user_version = 99");

        var error = Assert.Throws<HistorianException>(() => new Database(_folder["h.db"]));

        Assert.Contains("99", error.Message, StringComparison.Ordinal);
        Assert.Contains("newer program", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_by_name()
    {
        File.WriteAllText(_folder["h.db"], new string('x', 10_000));

        var error = Assert.Throws<HistorianException>(() => new Database(_folder["h.db"]));

        Assert.Contains("h.db", error.Message, StringComparison.Ordinal);
        Assert.Contains("backup", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3.51.2")]
    [InlineData("3.40.1")]
    [InlineData("nonsense")]
    public void A_library_that_can_damage_the_history_is_refused(string version)
    {
        Assert.Throws<HistorianException>(() => Schema.CheckLibrary(version));
    }

    [Theory]
    [InlineData("3.51.3")]
    [InlineData("3.53.4")]
    public void A_repaired_library_is_taken(string version)
    {
        Assert.Null(Record.Exception(() => Schema.CheckLibrary(version)));
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={_folder["h.db"]};Pooling=False");
        connection.Open();
        return connection;
    }
}
