using System.Runtime.InteropServices;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Running;

/// <summary>
/// Whether the time of this machine can be trusted: what the kernel tells, and whether somebody set the clock. Checked by the
/// housekeeper, read by everyone. A step is told once for the numbers given before it; stamps that stay away from the wall
/// clock are told again every hour for the numbers given since.
/// </summary>
internal sealed class MachineClock(Func<bool?> isSynchronised, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan SteppedFor = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TellEvery = TimeSpan.FromHours(1);

    private readonly SteadyClock? _steady = clock as SteadyClock;
    private volatile ClockReport _report = new(null);
    private bool _everSynchronised;
    private TimeSpan _told;
    private long? _toldAt;

    public ClockState State => _report.State ?? ClockState.Unsynced;

    /// <summary>Looks at the clock; returns the offset of the stamps given so far when it is to be told now.</summary>
    public TimeSpan? Check()
    {
        var kernel = isSynchronised();
        _everSynchronised |= kernel == true;
        var tell = Watch();
        Report(kernel);
        return tell;
    }

    /// <summary>At the end of a run: the offset of the stamps that were not told of yet.</summary>
    public TimeSpan? Rest() => _steady?.Away is { } away && away.Duration() >= SteadyClock.Step ? away : null;

    private TimeSpan? Watch()
    {
        if (_steady is null)
            return null;
        var away = _steady.Follow();
        if (away.Duration() < SteadyClock.Step)
        {
            _told = TimeSpan.Zero;
            return null;
        }

        // A forward step is followed, so it is news every time; a backward one stays until the end of the run.
        var news = away > TimeSpan.Zero || (away - _told).Duration() >= SteadyClock.Step;
        if (!news && clock.GetElapsedTime(_toldAt ?? 0) < TellEvery)
            return null;
        if (news)
            log.ClockStepped(away.TotalSeconds, away > TimeSpan.Zero ? "later stamps follow it" : "stamps go on without a step until the agent starts again");
        _told = away > TimeSpan.Zero ? TimeSpan.Zero : away;
        _toldAt = clock.GetTimestamp();
        return away;
    }

    private void Report(bool? kernel)
    {
        var stepped = _told != TimeSpan.Zero || (_toldAt is { } at && clock.GetElapsedTime(at) < SteppedFor);
        var state = stepped ? ClockState.Stepped
            : kernel == true ? ClockState.Synchronised
            : _everSynchronised ? ClockState.Holdover
            : ClockState.Unsynced;
        if (_report.State == state)
            return;
        _report = new ClockReport(state);
        if (state == ClockState.Synchronised)
            log.ClockSynchronised();
        else
            log.ClockNotSynchronised(state switch { ClockState.Holdover => "no longer synchronised", ClockState.Stepped => "stepped", _ => "not synchronised" });
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
