using Penstock.Protocols;
using Xunit;

namespace Penstock.UnitTests.Architecture;

/// <summary>A protocol is one folder, one registration line, its cases and its row in the documentation.</summary>
public sealed class ProtocolFolderTests
{
    public static TheoryData<string, string> Protocols { get; } = Find();

    [Theory]
    [MemberData(nameof(Protocols))]
    public void A_protocol_is_registered(string folder, string type)
    {
        Assert.Contains(type, SourceTree.Text("edge-agent/Sources/Protocols.cs"), StringComparison.Ordinal);
        Assert.True(Directory.Exists(Repository.PathOf("protocols", folder)), $"{type} does not live in protocols/{folder}");
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void A_protocol_has_its_tests(string folder, string type)
    {
        var tests = SourceTree.Files.Where(path => path.StartsWith($"tests/UnitTests/{folder}/", StringComparison.Ordinal) && path.EndsWith("Tests.cs", StringComparison.Ordinal));

        Assert.True(tests.Any(), $"{type} has no tests in tests/UnitTests/{folder}");
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void A_protocol_has_its_row_in_the_documentation(string folder, string type)
    {
        var rows = SourceTree.Text("protocols/README.md").Split('\n').Where(line => line.StartsWith('|') && line.Contains($"`{folder}/`", StringComparison.Ordinal));

        Assert.True(rows.Count() == 1, $"protocols/README.md has no row for {folder}/ ({type})");
    }

    private static TheoryData<string, string> Find()
    {
        const string root = "Penstock.Protocols.";
        var data = new TheoryData<string, string>();
        foreach (var type in typeof(IProtocol).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IProtocol))))
            data.Add(type.Namespace!.StartsWith(root, StringComparison.Ordinal) ? type.Namespace[root.Length..].Split('.')[0] : "", type.Name);
        return data;
    }
}
