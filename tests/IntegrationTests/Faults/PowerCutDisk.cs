using System.Runtime.InteropServices;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>
/// An ext4 file system of its own on a loop device, whose power can be cut: the shutdown call in its third mode drops the
/// journal and everything not synced, names included, as a real cut does.
/// </summary>
internal sealed partial class PowerCutDisk : IAsyncDisposable
{
    private const int ReadOnlyFolder = 0x10000;
    private const nuint Shutdown = 0x8004587D; // EXT4_IOC_SHUTDOWN
    private const uint WithoutLog = 2;

    private readonly string _image;

    private PowerCutDisk(string image, string path)
    {
        _image = image;
        Path = path;
    }

    public string Path { get; }

    public string Data => System.IO.Path.Combine(Path, "agent");

    /// <summary>Null where the machine does not let us make one.</summary>
    public static async Task<PowerCutDisk?> Make(TempFolder folder, int megabytes)
    {
        if (Environment.UserName != "root" || !File.Exists("/sbin/mkfs.ext4"))
            return null;
        var image = folder["disk.img"];
        await using (var file = File.Create(image))
            file.SetLength((long)megabytes << 20);
        var made = await RunningProgram.Run("/sbin/mkfs.ext4", "-q", "-F", image);
        var disk = new PowerCutDisk(image, folder["disk"]);
        Directory.CreateDirectory(disk.Path);
        return made.ExitCode == 0 && await disk.TryMount() ? disk : null;
    }

    public async Task<bool> TryMount() => (await RunningProgram.Run("/bin/mount", "-o", "loop", _image, Path)).ExitCode == 0;

    public void Cut()
    {
        var folder = Open(Path, ReadOnlyFolder);
        Assert.True(folder >= 0, $"cannot open {Path}");
        var failed = Ioctl(folder, Shutdown, WithoutLog);
        _ = Close(folder);
        Assert.Equal(0, failed);
    }

    /// <summary>Power is back: the journal is replayed by the mount.</summary>
    public async Task Return()
    {
        await Unmount();
        Assert.True(await TryMount(), "the disk cannot be mounted again");
    }

    public async ValueTask DisposeAsync() => await RunningProgram.Run("/bin/umount", "-l", Path);

    private Task Unmount() => Until.True("the disk is unmounted", async () => (await RunningProgram.Run("/bin/umount", Path)).ExitCode == 0);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ioctl(int file, nuint request, in uint mode);
}
