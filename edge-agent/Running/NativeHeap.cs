using System.Runtime.InteropServices;

namespace Penstock.EdgeAgent.Running;

/// <summary>
/// The heap of native code, where the Kafka client keeps what is on its way. glibc gives its threads up to eight arenas a core,
/// and each keeps what it once needed (mallopt(3), M_ARENA_MAX).
/// </summary>
internal static partial class NativeHeap
{
    private const int ArenaMax = -8;
    private const int Arenas = 2;

    /// <summary>For all of the process from now on; called before its threads begin. Without effect where the C library is not glibc.</summary>
    public static void KeepSmall()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = SetOption(ArenaMax, Arenas);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, without arenas.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
