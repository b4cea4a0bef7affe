using System.Globalization;
using Penstock.Contracts;

namespace Penstock.Central.Data;

/// <summary>
/// The centre's data folder, held for as long as this object lives. A marker file says that it is ours; a locked file says
/// that a centre uses it, and <c>owner</c> tells who. The system drops the lock with the process, however it ends.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string MarkerName = "penstock-central.data";
    private const string MarkerText = "Data folder of penstock-central. Format 1.\n";
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    /// <summary>Makes the folder when it is missing, checks that it is ours, and locks it.</summary>
    /// <exception cref="DataFolderException">It cannot be used; the message names the repair.</exception>
    public static DataFolder Open(string path, TimeProvider clock)
    {
        var folder = System.IO.Path.GetFullPath(path);
        try
        {
            Make(folder);
            var held = Hold(folder);
            File.WriteAllText(
                System.IO.Path.Combine(folder, "owner"),
                string.Create(CultureInfo.InvariantCulture, $"penstock-central, process {Environment.ProcessId}, since {Timestamp.Now(clock)}\n"));
            return new(folder, held);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DataFolderException($"data folder {folder} is not writable ({e.Message}); give this user the right, or choose another with --data", false, e);
        }
        catch (IOException e)
        {
            throw new DataFolderException($"data folder {folder} cannot be used: {e.Message}; check the disk, or choose another with --data", true, e);
        }
    }

    /// <summary>The same checks for a command beside a running centre: nothing is made and nothing locked.</summary>
    public static string Existing(string path)
    {
        var folder = System.IO.Path.GetFullPath(path);
        return File.Exists(System.IO.Path.Combine(folder, MarkerName))
            ? folder
            : throw new DataFolderException($"{folder} is no data folder of penstock-central; name the folder that 'run --data' uses", false);
    }

    public void Dispose() => _lock.Dispose();

    private static void Make(string folder)
    {
        if (File.Exists(folder))
            throw new DataFolderException($"data folder {folder} is a file; choose another with --data", false);
        var marker = System.IO.Path.Combine(folder, MarkerName);
        if (!Directory.Exists(folder))
            CreatePrivate(folder);
        else if (!File.Exists(marker) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new DataFolderException($"data folder {folder} holds files of something else; choose an empty or new folder with --data", false);
        if (!File.Exists(marker))
            File.WriteAllText(marker, MarkerText);
    }

    private static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static FileStream Hold(string folder)
    {
        try
        {
            return new(System.IO.Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            var owner = System.IO.Path.Combine(folder, "owner");
            var name = File.Exists(owner) ? File.ReadAllText(owner).Trim() : "another penstock-central";
            throw new DataFolderException($"data folder {folder} is in use by {name}; stop it, or choose another folder with --data", true);
        }
    }
}

/// <summary>The data folder cannot be used. <see cref="IsPassing"/>: true when the same command can work later.</summary>
internal sealed class DataFolderException(string message, bool isPassing, Exception? inner = null) : Exception(message, inner)
{
    public bool IsPassing { get; } = isPassing;
}
