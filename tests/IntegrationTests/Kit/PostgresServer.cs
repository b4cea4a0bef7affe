using System.Diagnostics;
using Npgsql;

namespace Penstock.IntegrationTests.Kit;

/// <summary>
/// A real PostgreSQL in a folder of its own, reached over a socket in that folder: no port, no password. It ends when this
/// process does, however that happens: a shell waits for the end of its input and then stops it.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>What the server is started with beside the defaults; small, because several run at once.</summary>
    private static readonly string[] Settings = ["shared_buffers=64MB", "max_connections=60", "listen_addresses=", "autovacuum_naptime=10s", "unix_socket_permissions=0700"];

    private readonly string _root;
    private Process? _keeper;

    private PostgresServer(string root) => _root = root;

    /// <summary>Where Debian keeps the programs of the newest version; null when the package postgresql is missing.</summary>
    public static string? Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Where(d => File.Exists(d + "/bin/initdb")).OrderDescending(StringComparer.Ordinal).Select(d => d + "/bin").FirstOrDefault()
        : null;

    /// <summary>The folder of the socket, as <c>Host</c>.</summary>
    public string Host => _root;

    public string Data => Path.Combine(_root, "data");

    public int ProcessId => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);

    public static async Task<PostgresServer> Start(params string[] settings)
    {
        var server = New();
        await Run("initdb", "-D", server.Data, "-U", "postgres", "-E", "UTF8", "--locale=C", "-A", "trust");
        await File.AppendAllLinesAsync(Path.Combine(server.Data, "postgresql.conf"), Settings.Concat(settings).Select(s => string.Join(" = '", s.Split('=', 2)) + "'"));
        await server.Start();
        return server;
    }

    /// <summary>A copy of another server that follows it.</summary>
    public static async Task<PostgresServer> StartStandby(PostgresServer primary, string name)
    {
        var server = New();
        await Run("pg_basebackup", "-h", primary.Host, "-U", "postgres", "-D", server.Data, "-R", "-X", "stream", "-c", "fast", "-d", $"application_name={name}");
        await server.Start();
        return server;
    }

    public string ConnectionString(string database) => $"Host={Host};Username=postgres;Database={database};Pooling=false;Timeout=120";

    public async Task Start()
    {
        var script = "exec 2>/dev/null; \"$0\" -D \"$1\" -k \"$2\" >\"$2/log\" 2>&1 & p=$!; read -r line; kill -QUIT $p; wait $p";
        var start = AsPostgres("/bin/sh", "-c", script, Programs + "/postgres", Data, _root);
        start.RedirectStandardInput = true;
        _keeper = Process.Start(start);
        await Until.True($"PostgreSQL in {_root} answers", CanConnect, TimeSpan.FromSeconds(60));
    }

    /// <summary>SIGKILL for the server; its children end by themselves, and only then can it start again.</summary>
    public async Task Kill()
    {
        var children = ChildrenOf(ProcessId);
        using (var process = Process.GetProcessById(ProcessId))
            process.Kill();
        await Stop();
        await Until.True("the children of the killed server have ended", () => !children.Any(IsAlive));
    }

    /// <summary>Ends at once and without writing anything down.</summary>
    public async Task Stop()
    {
        if (_keeper is not { } keeper)
            return;
        _keeper = null;
        keeper.StandardInput.Close();
        await keeper.WaitForExitAsync();
        keeper.Dispose();
    }

    public async Task Sql(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> Scalar<T>(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        return (T)(await command.ExecuteScalarAsync() ?? throw new InvalidOperationException($"no row: {sql}"));
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        try
        {
            Directory.Delete(_root, recursive: true);
        }
        catch (IOException)
        {
            // A child that is just ending may still write; the system's temp folder is cleaned anyway.
        }
    }

    /// <summary>Runs one of PostgreSQL's programs as the user that owns the server.</summary>
    public static async Task Run(string program, params string[] arguments)
    {
        var start = AsPostgres(Programs + "/" + program, arguments);
        start.RedirectStandardError = true;
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!; // A new process, as no shell is asked to open a file.
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await output}{await error}");
    }

    // Fields of /proc/PID/stat after the name in brackets: state, parent.
    private static List<int> ChildrenOf(int parent) =>
    [
        .. Directory.GetDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0)
            .Where(id => id != 0 && StatOf(id) is [_, var of, ..] && of == parent.ToString(System.Globalization.CultureInfo.InvariantCulture)),
    ];

    private static bool IsAlive(int process) => StatOf(process) is [not "Z", ..];

    private static string[] StatOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static PostgresServer New()
    {
        var root = Directory.CreateTempSubdirectory("penstock-pg-").FullName;
        if (Environment.UserName == "root")
        {
            using var chown = Process.Start("/bin/chown", ["postgres:postgres", root]);
            chown.WaitForExit();
        }

        return new(root);
    }

    // PostgreSQL refuses to run as root.
    private static ProcessStartInfo AsPostgres(string program, params string[] arguments) => Environment.UserName == "root"
        ? new("/sbin/runuser", ["-u", "postgres", "--", program, .. arguments]) { WorkingDirectory = "/" }
        : new(program, arguments) { WorkingDirectory = "/" };

    private async Task<bool> CanConnect()
    {
        if (_keeper is { HasExited: true })
            throw new InvalidOperationException($"PostgreSQL did not start: {await File.ReadAllTextAsync(Path.Combine(_root, "log"))}");
        try
        {
            return await Scalar<int>("postgres", "SELECT 1") == 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
