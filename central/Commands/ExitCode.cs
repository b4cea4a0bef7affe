namespace Penstock.Central.Commands;

/// <summary>Exit codes of every command: 0 fine, 1 it found a problem or failed while running, 2 wrong usage or configuration.</summary>
internal static class ExitCode
{
    public const int Fine = 0;
    public const int Problem = 1;
    public const int WrongUsage = 2;
}
