using System.Globalization;

namespace Penstock.Benchmarks;

/// <summary>What a process has used, as the kernel counts it (proc(5): stat, status, io).</summary>
internal sealed record ProcessUse(TimeSpan Cpu, long ResidentBytes, long DiskBytes, TimeSpan At)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on.

    public static ProcessUse Of(int process, TimeProvider clock)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = Number(fields[11]) + Number(fields[12]);
        return new(
            TimeSpan.FromSeconds(ticks / TicksPerSecond),
            Field(process, "status", "VmRSS:") * 1024,
            Field(process, "io", "write_bytes:"),
            clock.GetElapsedTime(0));
    }

    /// <summary>Per cent of one core since an earlier look.</summary>
    public double CpuSince(ProcessUse earlier) => 100 * (Cpu - earlier.Cpu) / (At - earlier.At);

    public double DiskBytesPerSecondSince(ProcessUse earlier) => (DiskBytes - earlier.DiskBytes) / (At - earlier.At).TotalSeconds;

    private static long Field(int process, string file, string name)
    {
        var line = File.ReadLines($"/proc/{process}/{file}").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return Number(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
