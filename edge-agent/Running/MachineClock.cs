using System.Runtime.InteropServices;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Running;

/// <summary>
/// Whether the time of this machine can be trusted: what the kernel tells, and whether somebody set the clock. Checked by the
/// housekeeper, read by everyone. A step is told at once, for all numbers of the run. Stamps that do not follow a step are
/// away from the wall clock from then on: that is told every hour, at the next step and at the end, for the numbers given since.
/// So what was told of one number adds up to what its stamp is away from the wall clock.
/// </summary>
internal sealed class MachineClock(Func<bool?> isSynchronised, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan SteppedFor = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TellEvery = TimeSpan.FromHours(1);

    private readonly SteadyClock? _steady = clock as SteadyClock;
    private volatile ClockReport _report = new(null);
    private bool _everSynchronised;
    private bool _isAway;
    private long? _toldAt;

    public ClockState State => _report.State ?? ClockState.Unsynced;

    /// <summary>Looks at the clock; returns what is to be told of it now.</summary>
    public IReadOnlyList<ClockOffset> Check()
    {
        var kernel = isSynchronised();
        _everSynchronised |= kernel == true;
        var words = Watch(isLast: false);
        Report(kernel);
        return words;
    }

    /// <summary>At the end of a run: what was not told yet.</summary>
    public IReadOnlyList<ClockOffset> Rest() => Watch(isLast: true);

    private List<ClockOffset> Watch(bool isLast)
    {
        if (_steady is null)
            return [];
        var (stepped, away) = _steady.Follow();
        _isAway = away <= -SteadyClock.Step;
        List<ClockOffset> words = [];
        if (stepped != TimeSpan.Zero)
        {
            if (away - stepped <= -SteadyClock.Step)
                words.Add(ClockOffsets.OfLatest(away - stepped));
            words.Add(ClockOffsets.OfAll(stepped));
            log.ClockStepped(stepped.TotalSeconds, _isAway ? "stamps go on without a step until the agent starts again" : "later stamps follow it");
        }
        else if (_isAway && (isLast || _toldAt is not { } at || clock.GetElapsedTime(at) >= TellEvery))
        {
            words.Add(ClockOffsets.OfLatest(away));
        }

        if (words.Count > 0)
            _toldAt = clock.GetTimestamp();
        return words;
    }

    private void Report(bool? kernel)
    {
        var stepped = _isAway || (_toldAt is { } at && clock.GetElapsedTime(at) < SteppedFor);
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
