using System.Net.Sockets;
using Npgsql;

namespace Penstock.Central.Historian.Postgres;

/// <summary>From the driver's exceptions to ours: which server, what is wrong, what to do.</summary>
internal static class Failures
{
    /// <summary>True when the same transaction may simply run again: it lost against another one.</summary>
    public static bool IsConflict(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected };

    /// <summary>True when a row is there already that the ledger did not know a moment ago.</summary>
    public static bool IsMeeting(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    public static HistorianException Translate(Exception e, string place) => e switch
    {
        PostgresException p => new($"PostgreSQL on {place}: {Reason(p)}", p) { BlamesRecord = IsOfTheContent(p.SqlState) },
        NpgsqlException { InnerException: TimeoutException } n when n.Message.Contains("pool", StringComparison.OrdinalIgnoreCase) =>
            new($"all connections to PostgreSQL on {place} are in use; raise 'Maximum Pool Size' in --historian, or look for slow queries", n),
        NpgsqlException { InnerException: TimeoutException } n => new($"PostgreSQL on {place} did not answer in time; check its load and the network", n),
        NpgsqlException or SocketException or IOException or TimeoutException => new(
            $"PostgreSQL on {place} cannot be reached: {Innermost(e).Message.TrimEnd('.')}. Check that it runs and that host and port are right", e),
        _ => new($"PostgreSQL on {place}: {e.Message}", e),
    };

    /// <summary>True when the server may answer later without anybody changing anything.</summary>
    public static bool IsPassing(Exception e) => e is PostgresException p
        ? p.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.ReadOnlySqlTransaction
        : IsOfTheDatabase(e);

    public static bool IsOfTheDatabase(Exception e) => e is NpgsqlException or SocketException or IOException or TimeoutException;

    // Class 22 is data that does not fit, 23 a constraint; P0001 is what a trigger raises.
    private static bool IsOfTheContent(string state) =>
        state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal) || state == PostgresErrorCodes.RaiseException;

    private static string Reason(PostgresException p) => p.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            $"login refused ({p.MessageText}); check Username and --historian-password, and the server's pg_hba.conf",
        PostgresErrorCodes.InvalidCatalogName => $"{p.MessageText}; create it with 'createdb', or name another in --historian",
        PostgresErrorCodes.InsufficientPrivilege =>
            $"{p.MessageText}; give the role its rights with the statements of 'penstock-central history roles'",
        PostgresErrorCodes.DiskFull => "its disk is full; free space there, or lower --retention-days",
        PostgresErrorCodes.TooManyConnections => "it takes no more connections; raise max_connections there, or lower 'Maximum Pool Size' in --historian",
        PostgresErrorCodes.ReadOnlySqlTransaction =>
            "it is read-only, as a standby is; name all servers in Host and add 'Target Session Attributes=read-write' to --historian",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow => $"it is stopping or starting ({p.MessageText})",
        PostgresErrorCodes.QueryCanceled => $"the query ran too long ({p.MessageText}); ask for less",
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => $"it reports damaged data ({p.MessageText}); restore a backup or promote the standby",
        _ => $"{p.MessageText} ({p.SqlState})",
    };

    private static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e;
    }
}
