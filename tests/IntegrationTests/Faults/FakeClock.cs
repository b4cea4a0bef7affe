using System.Globalization;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>The wall clock of one program, set from outside through libfaketime's control file; monotonic time stays true.</summary>
internal sealed class FakeClock(string file)
{
    private const string Libraries = "/usr/lib";
    private static readonly string Library = Directory.EnumerateDirectories(Libraries, "*-linux-gnu")
        .Select(folder => Path.Combine(folder, "faketime/libfaketimeMT.so.1")).FirstOrDefault(File.Exists) ?? Path.Combine(Libraries, "libfaketimeMT.so.1");

    /// <summary>What the program's wall clock shows beyond the machine's.</summary>
    public TimeSpan Offset { get; private set; }

    /// <summary>What the program has to be started with.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library,
        ["FAKETIME_TIMESTAMP_FILE"] = file,
        ["FAKETIME_NO_CACHE"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0", // else timed waits of the runtime are measured by the faked clock
        ["TZ"] = "Europe/Berlin",
    };

    public static void Needed() => Needs.Program(Library, "faketime");

    public void Set(TimeSpan offset)
    {
        Offset = offset;
        var next = file + ".new";
        File.WriteAllText(next, offset.TotalSeconds.ToString("+0.000000;-0.000000", CultureInfo.InvariantCulture) + "\n");
        File.Move(next, file, overwrite: true); // the program sees the old or the new one, never half a file
    }
}
