using System.CommandLine;

namespace Penstock.EdgeAgent.Commands;

/// <summary><c>penstock profile</c>: everything about hardware profiles, one line per subcommand.</summary>
internal static class ProfileCommand
{
    public static Command Create() => new("profile", "Check, try and simulate hardware profiles.")
    {
        ProfileLintCommand.Create(),
        ProfileTryCommand.Create(),
        ProfileSimCommand.Create(),
    };
}
