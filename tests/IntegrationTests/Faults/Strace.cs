using System.Globalization;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>Faults at system calls of an unchanged program. A call is counted per thread, as strace does.</summary>
internal static class Strace
{
    public const string Program = "/usr/bin/strace";

    public static void Needed() => Needs.Program(Program, "strace");

    /// <summary>SIGKILL at the n-th call.</summary>
    public static string[] KillAt(string call, int n) => Inject(call, string.Create(CultureInfo.InvariantCulture, $"signal=KILL:when={n}"));

    /// <summary>The error from the first to the last of these calls.</summary>
    public static string[] FailAt(string call, string error, int first, int last) =>
        Inject(call, string.Create(CultureInfo.InvariantCulture, $"error={error}:when={first}..{last}"));

    private static string[] Inject(string call, string how) =>
        ["-f", "-qqq", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:{how}", "--"];
}
