using System.CommandLine;
using Penstock.Central.Access;
using Penstock.Central.Historian;
using Penstock.Central.Historian.Postgres;
using Penstock.Central.Historian.Sqlite;

namespace Penstock.Central.Commands;

/// <summary>The options that choose where history is kept, the same in every command.</summary>
internal sealed class HistorianOptions
{
    public Option<string?> Address { get; } = new("--historian")
    {
        Description = "PostgreSQL as \"Host=db1,db2;Database=penstock;Username=penstock\"; other keys as Npgsql knows them. Default: a file in the data folder.",
    };

    public Option<string?> Password { get; } = new("--historian-password")
    {
        Description = "Where the password is: file:/path, env:NAME or credential:NAME (systemd). Never the password itself.",
    };

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public void AddTo(Command command)
    {
        command.Add(Address);
        command.Add(Password);
    }

    /// <summary>The server that the command line names; null when history is a file.</summary>
    /// <exception cref="StartException">The options are wrong or the password is not there.</exception>
    public Server? ServerOf(ParseResult parsed)
    {
        var (address, password) = (parsed.GetValue(Address), parsed.GetValue(Password));
        if (address is null)
        {
            return password is null
                ? null
                : throw new StartException("--historian-password without --historian; name the server with --historian", ExitCode.WrongUsage);
        }

        if (Server.HoldsPassword(address))
            throw new StartException("--historian holds a password, which every user of this machine could read; put it into a file and write --historian-password file:/path", ExitCode.WrongUsage);
        if (password is not null && !SecretReference.Is(password))
            throw new StartException("--historian-password is no reference; write file:/path, env:NAME or credential:NAME", ExitCode.WrongUsage);
        if (password is not null && SecretReference.Read(password) is null)
            throw new StartException($"--historian-password {password} cannot be read or is empty; check the name and the rights", ExitCode.WrongUsage);
        try
        {
            // Read at each connection, so that a new password needs no restart.
            return new(address, password is null ? null : () => SecretReference.Read(password));
        }
        catch (HistorianException e)
        {
            throw new StartException(e.Message, ExitCode.WrongUsage, e);
        }
    }

    /// <summary>Opens the history; a server that is only away is waited for, as after a power cut of the whole plant.</summary>
    public static async Task<IHistorian> OpenAsync(Server? server, string file, TimeProvider clock, Action<string> waiting, CancellationToken cancel)
    {
        if (server is null)
            return new SqliteHistorian(file, clock);
        while (true)
        {
            try
            {
                return await PostgresHistorian.OpenAsync(server, clock, cancel);
            }
            catch (HistorianException e) when (e.InnerException is { } inner && Failures.IsPassing(inner))
            {
                waiting(e.Message);
                await Task.Delay(Pause, clock, cancel);
            }
        }
    }
}
