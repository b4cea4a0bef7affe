using System.Runtime.InteropServices;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Running;

/// <summary>Whether the time of this machine can be trusted, as the kernel tells it. Checked by the housekeeper, read by everyone.</summary>
internal sealed class MachineClock(Func<bool?> isSynchronised, ILogger log)
{
    private volatile ClockReport _report = new(null);
    private bool _everSynchronised;

    public ClockState State => _report.State ?? ClockState.Unsynced;

    public void Check()
    {
        var state = isSynchronised() switch
        {
            true => ClockState.Synchronised,
            _ when _everSynchronised => ClockState.Holdover,
            _ => ClockState.Unsynced,
        };
        _everSynchronised |= state == ClockState.Synchronised;
        if (_report.State == state)
            return;
        _report = new ClockReport(state);
        if (state == ClockState.Synchronised)
            log.ClockSynchronised();
        else
            log.ClockNotSynchronised(state == ClockState.Holdover ? "no longer synchronised" : "not synchronised");
    }

    private sealed record ClockReport(ClockState? State);
}

/// <summary>The kernel's own account of its clock (Linux, 64-bit): adjtimex(2) with nothing to change.</summary>
internal static partial class KernelClock
{
    private const int TimexBytes = 208;
    private const int StatusOffset = 40;
    private const int Unsynchronised = 0x40;

    /// <summary>Null where the kernel does not tell.</summary>
    public static bool? IsSynchronised()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        Span<byte> timex = stackalloc byte[TimexBytes];
        timex.Clear();
        return Adjtimex(timex) < 0 ? null : (BitConverter.ToInt32(timex[StatusOffset..]) & Unsynchronised) == 0;
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int Adjtimex(Span<byte> timex);
}
