using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Penstock.IntegrationTests.Kit;

/// <summary>
/// Two PostgreSQL servers with synchronous replication, kept up by deploy/cluster/postgres-pair.sh: what is killed here is
/// promoted, rejoined or started again there. They end when this process does, however that happens.
/// </summary>
internal sealed partial class PostgresPair : IAsyncDisposable
{
    // The script ends with the input of this shell.
    private const string Keeper = "\"$0\" \"$1\" & p=$!; trap 'kill $p; wait $p; exit' TERM; read -r line; kill $p; wait $p";
    // A server that was away a moment ago is asked again each time.
    private const string Eager = "Pooling=false;Timeout=3;Host Recheck Seconds=0";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string _root = Directory.CreateTempSubdirectory("penstock-pair-").FullName;
    private readonly RunningProgram _script;
    private string _hosts = "";

    private PostgresPair() => _script = RunningProgram.Start("/bin/bash", "-c", Keeper, Repository.Path("deploy/cluster/postgres-pair.sh"), _root);

    /// <summary>What the script told: promotions, copies, starts.</summary>
    public string Log => _script.Output;

    /// <summary>The owner's connection to whichever server takes writes.</summary>
    public string ConnectionString => $"{Address};Password={File.ReadAllText(Path.Combine(_root, "password")).Trim()};Search Path=penstock;{Eager}";

    /// <summary>What the commands of the centre are given.</summary>
    public string[] Historian => ["--historian", Address, "--historian-password", "file:" + Path.Combine(_root, "password")];

    private string Address => $"Host={_hosts};Database=penstock;Username=penstock;Target Session Attributes=read-write";

    private string Primary => File.Exists(Path.Combine(_root, "a", "standby.signal")) ? "b" : "a";

    private string Standby => Primary == "a" ? "b" : "a";

    public static async Task<PostgresPair> Start()
    {
        var pair = new PostgresPair();
        try
        {
            pair._hosts = (await pair._script.Line("the pair is ready", Ready(), Patience)).Value;
            await pair.WhenSynchronous();
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    public void KillPrimary() => Kill(Primary);

    public void KillStandby() => Kill(Standby);

    public void KillBoth()
    {
        var (primary, standby) = (Primary, Standby);
        Kill(standby);
        Kill(primary);
    }

    /// <summary>One of the two takes writes.</summary>
    public Task WhenWritable() => Until.True("a server takes writes", async () => await Scalar<int>(ConnectionString, "SELECT 1") == 1, Patience);

    /// <summary>Each commit is on both again.</summary>
    public Task WhenSynchronous() => Until.True("the standby confirms commits", IsSynchronous, Patience);

    public async ValueTask DisposeAsync()
    {
        if (!_script.HasEnded)
        {
            _script.Term();
            await _script.End(TimeSpan.FromSeconds(60));
        }

        await _script.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private async Task<bool> IsSynchronous() =>
        File.Exists(Path.Combine(_root, "synchronous"))
        && await Scalar<long>(Administrator, "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'sync'") == 1;

    private string Administrator =>
        $"Host={_hosts};Database=postgres;Username=postgres;Password={File.ReadAllText(Path.Combine(_root, "admin-password")).Trim()};Target Session Attributes=read-write;{Eager}";

    /// <summary>Default when no server answers.</summary>
    private static async Task<T?> Scalar<T>(string address, string sql)
    {
        try
        {
            await using var connection = new NpgsqlConnection(address);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            return (T?)await command.ExecuteScalarAsync();
        }
        catch (NpgsqlException)
        {
            return default;
        }
    }

    // The first line of postmaster.pid is the server's process; its children end with it.
    private void Kill(string server)
    {
        using var process = Process.GetProcessById(int.Parse(File.ReadLines(Path.Combine(_root, server, "postmaster.pid")).First(), CultureInfo.InvariantCulture));
        process.Kill();
    }

    [GeneratedRegex("(?<=^ready hosts=)[0-9.:,]+")]
    private static partial Regex Ready();
}
