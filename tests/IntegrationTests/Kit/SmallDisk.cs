using System.Globalization;

namespace Penstock.IntegrationTests.Kit;

/// <summary>A file system of a few megabytes in memory; needs root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string path, bool mounted)
    {
        Path = path;
        Mounted = mounted;
    }

    public string Path { get; }

    public bool Mounted { get; }

    public static async Task<SmallDisk> Mount(string path, int megabytes)
    {
        Directory.CreateDirectory(path);
        var size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");
        var ended = await RunningProgram.Run("/bin/mount", "-t", "tmpfs", "-o", size, "tmpfs", path);
        return new(path, ended.ExitCode == 0);
    }

    /// <summary>Writes until nothing fits any more.</summary>
    public void Fill()
    {
        var block = new byte[4096];
        try
        {
            using var file = new FileStream(System.IO.Path.Combine(Path, "full"), FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(System.IO.Path.Combine(Path, "full"));

    public async ValueTask DisposeAsync()
    {
        if (Mounted)
            await RunningProgram.Run("/bin/umount", "-l", Path);
    }
}
