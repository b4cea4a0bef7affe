namespace Penstock.UnitTests.Architecture;

/// <summary>The checked-out repository that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Penstock.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"Penstock.slnx stands in no folder above {AppContext.BaseDirectory}");
    }
}
