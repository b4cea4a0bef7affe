using Penstock.Contracts;

namespace Penstock.EdgeAgent.Data;

/// <summary>
/// The agent's folder: who it is, and everything it keeps. One process at a time.
///
/// Layout: <c>agent</c> (marker line, then the agent's id; written once), <c>lock</c> (held open with an exclusive lock for as
/// long as the process lives; the kernel frees it, however the process ends), <c>running</c> (who holds it, for messages),
/// <c>status-address</c>, <c>heard-centre</c> (see <see cref="HeardCentre"/>), <c>last-good/</c>, <c>outbox/</c>, <c>refused/</c>.
/// A folder that holds anything else and no marker is somebody else's and is left alone. The marker is written beside and
/// renamed, so a cut in the middle leaves a folder that can be opened again.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string Marker = "penstock data folder 1";
    private static readonly string[] BeforeMarker = ["agent.new", "lock", "running"];

    private readonly FileStream _lock;

    private DataFolder(string path, string agent, FileStream held)
    {
        Path = path;
        Agent = agent;
        _lock = held;
    }

    public string Path { get; }

    public string Agent { get; }

    public string Outbox => System.IO.Path.Combine(Path, "outbox");

    public string Refused => System.IO.Path.Combine(Path, "refused");

    public string StatusAddress => System.IO.Path.Combine(Path, "status-address");

    /// <exception cref="DataFolderException">It cannot be this agent's folder; the message says why and what to do.</exception>
    public static DataFolder Open(string path)
    {
        var folder = System.IO.Path.GetFullPath(path);
        try
        {
            RefuseForeign(folder);
            Directory.CreateDirectory(folder);
            var held = Lock(folder);
            try
            {
                return new DataFolder(folder, ReadId(folder) ?? MakeId(folder), held);
            }
            catch (Exception)
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"data folder {folder} cannot be written: {e.Message}; free space, make it writable for this user, or name another one with --data", e);
        }
    }

    /// <summary>Says who runs here, for the message a second agent prints.</summary>
    public void TellHolder(string site, Timestamp started)
    {
        try
        {
            File.WriteAllText(Holder(Path), $"pid {Environment.ProcessId} since {started} site {site}\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"data folder {Path} cannot be written: {e.Message}; free space or make it writable for this user", e);
        }
    }

    public void Dispose()
    {
        File.Delete(Holder(Path));
        File.Delete(StatusAddress);
        _lock.Dispose();
    }

    private static string Holder(string folder) => System.IO.Path.Combine(folder, "running");

    private static string IdFile(string folder) => System.IO.Path.Combine(folder, "agent");

    private static void RefuseForeign(string folder)
    {
        if (File.Exists(folder))
            throw new DataFolderException($"{folder} is a file; name a folder with --data");
        if (!Directory.Exists(folder) || File.Exists(IdFile(folder)))
            return;
        var foreign = Directory.EnumerateFileSystemEntries(folder).Select(System.IO.Path.GetFileName).Except(BeforeMarker).Take(3).ToList();
        if (foreign.Count > 0)
            throw new DataFolderException($"{folder} is not a data folder of penstock (it holds {string.Join(", ", foreign)}); name an empty or a new folder with --data");
    }

    private static FileStream Lock(string folder)
    {
        var file = System.IO.Path.Combine(folder, "lock");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(file))
        {
            throw new DataFolderException($"data folder {folder} is in use by another agent ({ReadHolder(folder)}); stop that one, or name another folder with --data");
        }
    }

    private static string ReadHolder(string folder)
    {
        try
        {
            return File.ReadAllText(Holder(folder)).Trim();
        }
        catch (IOException)
        {
            return "it has just started";
        }
    }

    private static string? ReadId(string folder)
    {
        if (!File.Exists(IdFile(folder)))
            return null;
        var lines = File.ReadAllLines(IdFile(folder));
        return lines is [Marker, var id, ..] && Names.IsValid(id)
            ? id
            : throw new DataFolderException($"{IdFile(folder)} is not the marker of a penstock data folder of this version; name another folder with --data, or restore the file from a backup");
    }

    private static string MakeId(string folder)
    {
        var id = "a-" + Convert.ToHexStringLower(Guid.NewGuid().ToByteArray().AsSpan(8)); // the half of a GUID that is random but for two bits
        var draft = IdFile(folder) + ".new";
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes($"{Marker}\n{id}\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, IdFile(folder), overwrite: true);
        return id;
    }
}

/// <summary>The data folder cannot be used; the message says why and what to do.</summary>
internal sealed class DataFolderException : Exception
{
    public DataFolderException(string message)
        : base(message)
    {
    }

    public DataFolderException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
