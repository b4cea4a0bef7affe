using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Xunit;

namespace Penstock.UnitTests.Architecture;

/// <summary>What is checked in is about the project and not about the machine it was written on.</summary>
public sealed partial class RepositoryTests
{
    private static readonly string[] TextFiles =
        [".cs", ".csproj", ".props", ".slnx", ".json", ".md", ".yaml", ".yml", ".js", ".css", ".html", ".sh", ".py", ".txt", ".config", ".editorconfig", ""];

    [Fact]
    public void No_file_names_a_path_of_a_machine()
    {
        var found =
            from path in SourceTree.Files
            where TextFiles.Contains(Path.GetExtension(path))
            from match in MachinePath().Matches(SourceTree.Text(path))
            select $"{path}: {match.Value}";

        Assert.Empty(found);
    }

    [Fact]
    public void No_file_names_a_package_feed()
    {
        string[] settings = ["nuget.config", ".npmrc", "pip.conf", "sources.list"];
        var feeds = SourceTree.Files.Where(path => settings.Contains(Path.GetFileName(path), StringComparer.OrdinalIgnoreCase));
        var hosts = SourceTree.Files
            .Where(path => path.EndsWith("packages.lock.json", StringComparison.Ordinal) || path.EndsWith(".props", StringComparison.Ordinal) || path.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(path => SourceTree.Text(path).Contains("://", StringComparison.Ordinal) || SourceTree.Text(path).Contains("RestoreSources", StringComparison.Ordinal));

        Assert.Empty(feeds);
        Assert.Empty(hosts);
    }

    [Fact]
    public void Each_package_says_why_it_is_needed()
    {
        var packages = XDocument.Parse(SourceTree.Text("Directory.Packages.props")).Descendants("PackageVersion");

        Assert.NotEmpty(packages);
        Assert.Empty(packages.Where(package => !package.NodesBeforeSelf().Any(node => node.NodeType == XmlNodeType.Comment)).Select(package => package.Attribute("Include")!.Value));
    }

    [Fact]
    public void Nothing_is_left_for_later_in_the_code()
    {
        var marks =
            from file in SourceTree.Code
            where !file.Path.StartsWith("tests/UnitTests/Architecture/", StringComparison.Ordinal)
            from match in LeftForLater().Matches(SourceTree.Text(file.Path))
            select $"{file.Path}: {match.Value}";

        Assert.Empty(marks);
    }

    // Split in two, so that this file does not find itself.
    [GeneratedRegex("/(work|root" + @")/\w+|/home/(?!pi\b|penstock\b)\w+/|C:\\Users\\\w+")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|NotImplementedException)\b")]
    private static partial Regex LeftForLater();
}
