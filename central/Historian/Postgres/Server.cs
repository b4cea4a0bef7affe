using Npgsql;

namespace Penstock.Central.Historian.Postgres;

/// <summary>Where the database is, and the connections to it. The password is held apart so that no text of ours can show it.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    /// <exception cref="HistorianException">The connection string cannot be understood.</exception>
    public Server(string connectionString, Func<string?>? password = null)
    {
        try
        {
            var settings = WithDefaults(new NpgsqlConnectionStringBuilder(connectionString));
            Place = $"{settings.Host}, database {settings.Database}";
            var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
            if (password is not null)
                builder.UsePasswordProvider(_ => password() ?? "", (_, _) => ValueTask.FromResult(password() ?? ""));
            _source = builder.Build();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException)
        {
            throw new HistorianException($"--historian cannot be understood: {e.Message}. Write for example \"Host=db1,db2;Database=penstock;Username=penstock;Target Session Attributes=read-write\"", e);
        }
    }

    /// <summary>Hosts and database, for messages.</summary>
    public string Place { get; }

    /// <summary>True when the text names a password; a text that cannot be understood holds none.</summary>
    public static bool HoldsPassword(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString).Password is { Length: > 0 };
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return connectionString.Contains("password", StringComparison.OrdinalIgnoreCase);
        }
    }

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancel) => _source.OpenConnectionAsync(cancel);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    // A machine that is gone must be noticed in seconds, and a host that was away must be asked again at once.
    private static NpgsqlConnectionStringBuilder WithDefaults(NpgsqlConnectionStringBuilder given)
    {
        void Default(string key, object value)
        {
            if (!given.Keys.Cast<string>().Contains(key, StringComparer.OrdinalIgnoreCase))
                given[key] = value;
        }

        if (string.IsNullOrEmpty(given.Host))
            throw new ArgumentException("Host is missing");
        Default("Database", "penstock");
        Default("Application Name", "penstock-central");
        Default("Timeout", 5);
        Default("Command Timeout", 30);
        Default("Cancellation Timeout", 2000);
        Default("Host Recheck Seconds", 1);
        if (!given.Host.StartsWith('/')) // A socket in the file system has none.
        {
            Default("Tcp Keepalive", true);
            Default("Tcp Keepalive Time", 5);
            Default("Tcp Keepalive Interval", 2);
        }

        Default("Maximum Pool Size", 20);
        Default("Max Auto Prepare", 60);
        Default("Auto Prepare Min Usages", 3);
        if (given.Host.Contains(',', StringComparison.Ordinal))
            Default("Target Session Attributes", "read-write");
        given.SearchPath = Schema.Name;
        given.IncludeErrorDetail = false;
        return given;
    }
}
