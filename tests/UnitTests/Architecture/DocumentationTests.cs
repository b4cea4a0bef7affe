using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Penstock.UnitTests.Architecture;

/// <summary>Documents name things that exist, and what others may use is described.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] Folders = ["central", "deploy", "edge-agent", "hardware-profiles", "protocols", "spark-analytics", "tests"];

    [Fact]
    public void Every_public_type_has_a_summary()
    {
        var bare =
            from file in SourceTree.Code
            where !file.Path.StartsWith("tests/", StringComparison.Ordinal)
            from type in file.Root.DescendantNodes().OfType<MemberDeclarationSyntax>()
            where type is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax && IsPublic(type)
            where !type.GetLeadingTrivia().ToFullString().Contains("<summary>", StringComparison.Ordinal)
            select SourceTree.Place(file.Path, type);

        Assert.Empty(bare);
    }

    [Fact]
    public void Each_path_named_in_the_architecture_exists()
    {
        var named = PathInText().Matches(SourceTree.Text("ARCHITECTURE.md")).Select(match => match.Value.TrimEnd('.', '/')).Distinct();
        var missing = named.Where(path => !File.Exists(Repository.PathOf(path)) && !Directory.Exists(Repository.PathOf(path)));

        Assert.NotEmpty(named);
        Assert.Empty(missing);
    }

    [Fact]
    public void Each_code_file_named_in_the_architecture_exists()
    {
        var named = FileInText().Matches(SourceTree.Text("ARCHITECTURE.md")).Select(match => match.Value).Distinct();
        var files = SourceTree.Files.Select(Path.GetFileName).ToHashSet();
        var missing = named.Where(name => !files.Contains(name));

        Assert.NotEmpty(named);
        Assert.Empty(missing);
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var dead =
            from path in SourceTree.Files
            where path.EndsWith(".md", StringComparison.Ordinal)
            from match in LinkInText().Matches(SourceTree.Text(path))
            let target = match.Groups[1].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains(':', StringComparison.Ordinal)
            let full = Path.Combine(Path.GetDirectoryName(Repository.PathOf(path))!, target)
            where !File.Exists(full) && !Directory.Exists(full)
            select $"{path} links to {target}";

        Assert.Empty(dead);
    }

    [Fact]
    public void The_top_level_folders_are_these_and_no_others()
    {
        var found = SourceTree.Files.Where(path => path.Contains('/', StringComparison.Ordinal) && path[0] != '.').Select(path => path.Split('/')[0]).Distinct();

        Assert.Equal(Folders, found.Order(StringComparer.Ordinal));
    }

    private static bool IsPublic(MemberDeclarationSyntax type) =>
        type.Modifiers.Any(SyntaxKind.PublicKeyword)
        && type.Ancestors().OfType<BaseTypeDeclarationSyntax>().All(outer => outer.Modifiers.Any(SyntaxKind.PublicKeyword));

    [GeneratedRegex(@"\b(central|deploy|edge-agent|hardware-profiles|protocols|spark-analytics|tests)/[\w./-]*")]
    private static partial Regex PathInText();

    [GeneratedRegex(@"\b\w+\.(cs|js|sh|py)\b")]
    private static partial Regex FileInText();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex LinkInText();
}
