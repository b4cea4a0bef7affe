using Penstock.Protocols.Profiles.Loading;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles;

/// <summary>A profile, or the reasons why there is none. Warnings and hints come with a profile.</summary>
/// <param name="Profile">Null when an error is among the problems: a file loads whole or not at all.</param>
public sealed record ProfileResult(DeviceProfile? Profile, IReadOnlyList<Problem> Problems);

/// <summary>Reads hardware profiles, format version 1 (<c>hardware-profiles/README.md</c>). The same checks run for <c>lint</c> and for <c>run</c>.</summary>
public static class ProfileLoader
{
    public static ProfileResult Load(string path) =>
        SourceFile.Read(path, out var problem) is { } source ? Load(source) : new(null, problem is null ? [] : [problem]);

    /// <param name="file">The name under which problems are reported; its last part should be the id.</param>
    public static ProfileResult Parse(string text, string file) => Load(SourceFile.FromText(file, text));

    private static ProfileResult Load(SourceFile source)
    {
        var problems = new ProblemList(source);
        if (YamlReader.Read(problems) is not { } root)
            return new(null, problems.Sorted);
        var profile = new ProfileReader(problems).Read(root);
        return new(problems.HasErrors ? null : profile, problems.Sorted);
    }
}
