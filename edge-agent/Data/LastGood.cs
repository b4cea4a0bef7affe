namespace Penstock.EdgeAgent.Data;

/// <summary>
/// The last configuration that was valid: the site file and its profiles, copied into the data folder, so that a broken edit
/// never stops a plant from being read. Written beside and renamed; between the two renames the former copy stands in
/// <c>last-good.old</c> and is used. An unchanged configuration is not written again.
/// </summary>
internal sealed class LastGood(string dataFolder)
{
    private const string SiteName = "site.yaml";
    private const string ProfilesName = "hardware-profiles";

    private string Current => Path.Combine(dataFolder, "last-good");

    private string Old => Current + ".old";

    private string Draft => Current + ".new";

    /// <summary>Null when there is none.</summary>
    public string? SiteFile =>
        new[] { Current, Old }.Select(folder => Path.Combine(folder, SiteName)).FirstOrDefault(File.Exists);

    public static string ProfilesBeside(string siteFile) => Path.Combine(Path.GetDirectoryName(siteFile)!, ProfilesName);

    /// <param name="files">The site file first, then the profiles; their names are their ids.</param>
    public void Keep(IReadOnlyList<string> files)
    {
        if (IsKept(files))
            return;
        Delete(Draft);
        Directory.CreateDirectory(Path.Combine(Draft, ProfilesName));
        foreach (var file in files)
            Copy(file, Path.Combine(Draft, NameOf(file, files)));
        Delete(Old);
        if (Directory.Exists(Current))
            Directory.Move(Current, Old);
        Directory.Move(Draft, Current);
        Delete(Old);
    }

    private static string NameOf(string file, IReadOnlyList<string> files) =>
        file == files[0] ? SiteName : Path.Combine(ProfilesName, Path.GetFileName(file));

    private static void Copy(string from, string to)
    {
        using var target = new FileStream(to, FileMode.Create, FileAccess.Write);
        target.Write(File.ReadAllBytes(from));
        target.Flush(flushToDisk: true);
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private bool IsKept(IReadOnlyList<string> files) =>
        Directory.Exists(Current)
        && Directory.EnumerateFiles(Current, "*", SearchOption.AllDirectories).Count() == files.Count
        && files.All(file => IsSame(file, Path.Combine(Current, NameOf(file, files))));

    private static bool IsSame(string left, string right) =>
        File.Exists(right) && File.ReadAllBytes(left).AsSpan().SequenceEqual(File.ReadAllBytes(right));
}
