using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Penstock.UnitTests.Architecture;

/// <summary>The files of the repository as the rules see them: no build output, nothing of version control.</summary>
internal static class SourceTree
{
    private static readonly string[] Built = ["artifacts", "bin", "obj", ".git", ".vs", ".idea", "__pycache__", "node_modules"];
    private static readonly Lazy<IReadOnlyList<string>> LazyFiles = new(() => [.. Walk(new DirectoryInfo(Repository.Root)).Order(StringComparer.Ordinal)]);
    private static readonly Lazy<IReadOnlyList<(string Path, SyntaxNode Root)>> LazyCode = new(() => [.. Files
        .Where(path => path.EndsWith(".cs", StringComparison.Ordinal))
        .Select(path => (path, CSharpSyntaxTree.ParseText(Text(path), new CSharpParseOptions(LanguageVersion.Preview)).GetRoot()))]);

    /// <summary>Paths relative to the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Files => LazyFiles.Value;

    /// <summary>Every C# file, parsed.</summary>
    public static IReadOnlyList<(string Path, SyntaxNode Root)> Code => LazyCode.Value;

    public static string Text(string path) => File.ReadAllText(Repository.PathOf(path.Split('/')));

    /// <summary><c>edge-agent/Log.cs:12</c></summary>
    public static string Place(string path, SyntaxNode node) => $"{path}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";

    private static IEnumerable<string> Walk(DirectoryInfo folder)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (entry is FileInfo)
                yield return Path.GetRelativePath(Repository.Root, entry.FullName).Replace('\\', '/');
            if (entry is not DirectoryInfo inner || Built.Contains(entry.Name))
                continue;
            foreach (var path in Walk(inner))
                yield return path;
        }
    }
}
