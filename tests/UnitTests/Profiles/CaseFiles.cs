namespace Penstock.UnitTests.Profiles;

/// <summary>Files of the Cases folders, beside the test program.</summary>
internal static class CaseFiles
{
    public static string Path(string area, string name) => System.IO.Path.Combine(Folder(area), name);

    public static IEnumerable<string> Names(string area) =>
        Directory.EnumerateFiles(Folder(area), "*.yaml").Select(f => System.IO.Path.GetFileName(f)).Order(StringComparer.Ordinal);

    /// <summary>Compares with the file beside the case; a difference leaves what was received beside it, to look at and to take over.</summary>
    public static void AssertExpected(string area, string name, string received)
    {
        received = string.Join('\n', received.Split('\n').Select(line => line.TrimEnd()));
        var expectedPath = Path(area, System.IO.Path.ChangeExtension(name, ".expected.txt"));
        var expected = File.Exists(expectedPath) ? File.ReadAllText(expectedPath) : "";
        if (expected != received)
            File.WriteAllText(Path(area, System.IO.Path.ChangeExtension(name, ".received.txt")), received);
        Xunit.Assert.Equal(expected, received);
    }

    private static string Folder(string area) => System.IO.Path.Combine(AppContext.BaseDirectory, area, "Cases");
}
