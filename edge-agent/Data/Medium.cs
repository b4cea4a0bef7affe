namespace Penstock.EdgeAgent.Data;

/// <summary>What a folder lies on, as Linux tells it: needed where the site leaves <c>storage</c> to the medium.</summary>
internal static class Medium
{
    private const string BlockDevices = "/sys/dev/block";

    /// <summary>True for SD cards, eMMC and USB sticks: media on which syncs are slow and writes wear. False also when unknown.</summary>
    public static bool IsCard(string folder)
    {
        try
        {
            var number = DeviceNumber(File.ReadLines("/proc/self/mountinfo"), Path.GetFullPath(folder));
            return number is not null && IsCardDevice(Path.Combine(BlockDevices, number));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary><c>major:minor</c> of the mount that holds the path: the longest mount point above it (proc(5), mountinfo).</summary>
    internal static string? DeviceNumber(IEnumerable<string> mountInfo, string path)
    {
        string? number = null;
        var longest = -1;
        foreach (var fields in mountInfo.Select(line => line.Split(' ')).Where(fields => fields.Length > 5))
        {
            var point = fields[4].Replace("\\040", " ", StringComparison.Ordinal);
            if (point.Length < longest || !Holds(point, path))
                continue;
            (number, longest) = (fields[2], point.Length);
        }

        return number;
    }

    private static bool Holds(string point, string path) =>
        point == "/" || path == point || path.StartsWith(point + "/", StringComparison.Ordinal);

    private static bool IsCardDevice(string device)
    {
        if (new DirectoryInfo(device).ResolveLinkTarget(returnFinalTarget: true) is not DirectoryInfo real)
            return false;
        var disk = File.Exists(Path.Combine(real.FullName, "partition")) ? real.Parent! : real;
        return disk.Name.StartsWith("mmcblk", StringComparison.Ordinal)
            || (File.Exists(Path.Combine(disk.FullName, "removable")) && File.ReadAllText(Path.Combine(disk.FullName, "removable")).Trim() == "1");
    }
}
