using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Penstock.UnitTests.Architecture;

/// <summary>Aim: a file under 100 lines, a method under 10. These are the ends of patience.</summary>
public sealed class SizeTests
{
    private const int FileLimit = 400;
    private const int MethodLimit = 60;

    [Fact]
    public void No_source_file_is_longer_than_400_lines()
    {
        var tooLong = SourceTree.Files
            .Where(path => Path.GetExtension(path) is ".cs" or ".js" or ".py" or ".sh" && !path.Contains("/vendor/", StringComparison.Ordinal))
            .Select(path => (path, Lines: SourceTree.Text(path).Count(c => c == '\n')))
            .Where(file => file.Lines > FileLimit)
            .Select(file => $"{file.path} has {file.Lines} lines");

        Assert.Empty(tooLong);
    }

    [Fact]
    public void No_method_is_longer_than_60_lines()
    {
        var tooLong =
            from file in SourceTree.Code
            from node in file.Root.DescendantNodes()
            where node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax
            let lines = Lines(node)
            where lines > MethodLimit
            select $"{SourceTree.Place(file.Path, node)} has {lines} lines";

        Assert.Empty(tooLong);
    }

    private static int Lines(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
