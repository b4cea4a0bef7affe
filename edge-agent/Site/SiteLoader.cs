using Penstock.Protocols.Profiles;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.EdgeAgent.Site;

/// <summary>A site, or the reasons why there is none. Warnings come with a site.</summary>
/// <param name="Config">Null when an error is among the problems.</param>
internal sealed record SiteResult(SiteConfig? Config, IReadOnlyList<Problem> Problems);

/// <summary>Reads the site file and every profile it names. Nothing is contacted.</summary>
internal static class SiteLoader
{
    /// <param name="profileFolders">Searched first, before the folders of <see cref="ProfileStore.FoldersFor"/>.</param>
    public static SiteResult Load(string path, IReadOnlyList<string> profileFolders)
    {
        if (SourceFile.Read(path, out var problem) is not { } source)
            return new(null, problem is null ? [] : [problem]);
        return Load(source, new ProfileStore(ProfileStore.FoldersFor(path, profileFolders)));
    }

    /// <param name="file">The name under which problems are reported.</param>
    public static SiteResult Parse(string text, string file, ProfileStore profiles) => Load(SourceFile.FromText(file, text), profiles);

    private static SiteResult Load(SourceFile source, ProfileStore profiles)
    {
        var problems = new ProblemList(source);
        if (YamlReader.Read(problems) is not { } root)
            return new(null, problems.Sorted);
        var reader = new SiteReader(problems, profiles);
        var config = reader.Read(root);
        IReadOnlyList<Problem> all = [.. problems.Sorted, .. reader.ProfileProblems];
        return new(problems.HasErrors ? null : config, all);
    }
}
