namespace Penstock.UnitTests.Profiles;

/// <summary>The profiles of the repository, found from the test program upwards.</summary>
internal static class ShippedProfiles
{
    public static string Folder { get; } = Find();

    public static IEnumerable<string> Files => Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    public static string Path(string id) => Files.Single(f => System.IO.Path.GetFileNameWithoutExtension(f) == id);

    private static string Find()
    {
        for (var up = new DirectoryInfo(AppContext.BaseDirectory); up is not null; up = up.Parent)
        {
            var candidate = System.IO.Path.Combine(up.FullName, "hardware-profiles");
            if (Directory.Exists(candidate))
                return candidate;
        }

        throw new DirectoryNotFoundException("no folder hardware-profiles above the test program");
    }
}
