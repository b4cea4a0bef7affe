using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>
/// The outbox folder on a real file system. On Linux files are allocated, synced by data only, and folders synced by the
/// system's own calls; elsewhere by the nearest that .NET has.
/// </summary>
internal sealed partial class DiskFiles : IOutboxFiles
{
    /// <summary>Most bytes kept in quarantine; what comes later is told but not kept.</summary>
    public const long QuarantineBytes = 16 << 20;

    private const string NotTold = ".new";

    private readonly string _quarantine;

    public DiskFiles(string folder)
    {
        Folder = folder;
        _quarantine = Path.Combine(folder, "quarantine");
        Directory.CreateDirectory(folder);
    }

    public string Folder { get; }

    public long? FreeBytes
    {
        get
        {
            try
            {
                return new DriveInfo(Path.GetFullPath(Folder)).AvailableFreeSpace;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    public long QuarantinedBytes =>
        Directory.Exists(_quarantine) ? new DirectoryInfo(_quarantine).EnumerateFiles().Sum(file => file.Length) : 0;

    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path))];

    public IOutboxFile Create(string name, long bytes)
    {
        var path = Path.Combine(Folder, name);
        var handle = Translate(() => File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read));
        try
        {
            Allocate(handle, bytes, path);
            return new DiskFile(handle, path);
        }
        catch (IOException)
        {
            handle.Dispose();
            File.Delete(path);
            throw;
        }
    }

    public IOutboxFile Open(string name)
    {
        var path = Path.Combine(Folder, name);
        return new DiskFile(Translate(() => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)), path);
    }

    public IOutboxFile Rename(string from, string to)
    {
        var path = Path.Combine(Folder, to);
        return Translate(() =>
        {
            File.Move(Path.Combine(Folder, from), path);
            return new DiskFile(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read), path);
        });
    }

    public void Delete(string name) => Translate(() =>
    {
        File.Delete(Path.Combine(Folder, name));
        return true;
    });

    public void Truncate(string name, long bytes)
    {
        var path = Path.Combine(Folder, name);
        using var handle = Translate(() => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
        RandomAccess.SetLength(handle, bytes);
    }

    public void SyncFolder()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var folder = Native.Open(Folder, Native.ReadOnlyFolder);
        if (folder < 0)
            throw Failed("open", Folder, Marshal.GetLastPInvokeError());
        try
        {
            if (Native.Fsync(folder) != 0)
                throw Failed("sync", Folder, Marshal.GetLastPInvokeError());
        }
        finally
        {
            _ = Native.Close(folder);
        }
    }

    public bool Quarantine(string name, ReadOnlySpan<byte> bytes)
    {
        Directory.CreateDirectory(_quarantine);
        var path = Path.Combine(_quarantine, name);
        if (File.Exists(path))
            return false;
        File.WriteAllBytes(path + NotTold, QuarantinedBytes + bytes.Length <= QuarantineBytes ? bytes : []);
        return true;
    }

    public void MarkTold(string name)
    {
        var path = Path.Combine(_quarantine, name);
        File.Move(path + NotTold, path, overwrite: true);
    }

    private static void Allocate(SafeFileHandle handle, long bytes, string path)
    {
        if (OperatingSystem.IsLinux())
        {
            var error = Native.Allocate((int)handle.DangerousGetHandle(), 0, bytes);
            if (error != 0)
                throw Failed("allocate", path, error);
        }
        else
        {
            RandomAccess.SetLength(handle, bytes);
        }
    }

    private static IOException Failed(string what, string path, int error) =>
        new($"cannot {what} {path}: {Marshal.GetPInvokeErrorMessage(error)}");

    /// <summary>A folder whose rights were taken away is trouble like any other failing disk.</summary>
    private static T Translate<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private sealed class DiskFile(SafeFileHandle handle, string path) : IOutboxFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public int Read(long offset, Span<byte> buffer)
        {
            var filled = 0;
            while (filled < buffer.Length && RandomAccess.Read(handle, buffer[filled..], offset + filled) is > 0 and var read)
                filled += read;
            return filled;
        }

        public void Sync()
        {
            if (!OperatingSystem.IsLinux())
                RandomAccess.FlushToDisk(handle);
            else if (Native.SyncData((int)handle.DangerousGetHandle()) != 0)
                throw Failed("sync", path, Marshal.GetLastPInvokeError());
        }

        public void Dispose() => handle.Dispose();
    }

    private static partial class Native
    {
        /// <summary>O_RDONLY | O_CLOEXEC, the same on x64 and arm64.</summary>
        public const int ReadOnlyFolder = 0x80000;

        [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
        public static partial int Close(int file);

        [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
        public static partial int Fsync(int file);

        [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
        public static partial int SyncData(int file);

        /// <summary>Returns the error itself instead of setting it.</summary>
        [LibraryImport("libc", EntryPoint = "posix_fallocate")]
        public static partial int Allocate(int file, long offset, long length);
    }
}
