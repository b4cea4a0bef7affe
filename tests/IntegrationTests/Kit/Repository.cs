namespace Penstock.IntegrationTests.Kit;

/// <summary>Where the built programs and the files of the clone lie.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Agent { get; } = Built("artifacts/bin/penstock");

    public static string Central { get; } = Built("artifacts/bin/penstock-central");

    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    private static string Built(string relative) => Path(relative);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Penstock.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests must lie below the folder of Penstock.slnx.");
    }
}
