using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Site;

/// <summary>Finds profiles by id in a row of folders (<c>id.yaml</c> or <c>maker/id.yaml</c>) and reads each once. The first folder that has one wins.</summary>
internal sealed class ProfileStore
{
    private const int MostFiles = 10_000;

    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProfileResult> _read = new(StringComparer.Ordinal);

    public ProfileStore(IReadOnlyList<string> folders)
    {
        Folders = folders;
        foreach (var folder in folders.Where(Directory.Exists))
        {
            foreach (var path in Files(folder))
                _paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        }
    }

    public IReadOnlyList<string> Folders { get; }

    public IReadOnlyCollection<string> Ids => _paths.Keys;

    /// <summary>Null when no folder has a file of that name.</summary>
    public ProfileResult? Find(string id)
    {
        if (!_paths.TryGetValue(id, out var path))
            return null;
        if (!_read.TryGetValue(id, out var result))
            _read[id] = result = ProfileLoader.Load(path);
        return result;
    }

    /// <summary>
    /// The folders searched for a site: the given ones, <c>hardware-profiles</c> beside the site file, and the nearest
    /// <c>hardware-profiles</c> next to the program or in a folder above it.
    /// </summary>
    public static IReadOnlyList<string> FoldersFor(string siteFile, IReadOnlyList<string> given)
    {
        var folders = new List<string>(given);
        var beside = Path.GetDirectoryName(Path.GetFullPath(siteFile));
        if (beside is not null)
            folders.Add(Path.Combine(beside, "hardware-profiles"));
        for (var up = new DirectoryInfo(AppContext.BaseDirectory); up is not null; up = up.Parent)
        {
            var candidate = Path.Combine(up.FullName, "hardware-profiles");
            if (!Directory.Exists(candidate))
                continue;
            folders.Add(candidate);
            break;
        }

        return folders;
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*.yaml", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true })
            .Order(StringComparer.Ordinal)
            .Take(MostFiles);
}
