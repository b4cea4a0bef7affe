using System.Reflection;
using System.Xml.Linq;
using Xunit;

namespace Penstock.UnitTests.Architecture;

/// <summary>Edge and centre meet only in the contracts and on the wire.</summary>
public sealed class ReferenceTests
{
    public static TheoryData<string, string, string[]> Projects { get; } = new()
    {
        { "protocols/Contracts/Contracts.csproj", "Penstock.Contracts", [] },
        { "protocols/Protocols.csproj", "Penstock.Protocols", ["Penstock.Contracts"] },
        { "edge-agent/EdgeAgent.csproj", "penstock", ["Penstock.Contracts", "Penstock.Protocols"] },
        { "spark-analytics/Analytics/Analytics.csproj", "Penstock.Analytics", ["Penstock.Contracts"] },
        { "central/Central.csproj", "penstock-central", ["Penstock.Analytics", "Penstock.Contracts"] },
    };

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_program_uses_only_the_parts_it_may_use(string project, string assembly, string[] allowed)
    {
        var ours = Assembly.Load(assembly).GetReferencedAssemblies().Select(reference => reference.Name!).Where(IsOurs);

        Assert.True(ours.All(allowed.Contains), $"{project}: {assembly} uses {string.Join(", ", ours)}, allowed: {string.Join(", ", allowed)}");
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_names_only_the_projects_it_may_use(string project, string assembly, string[] allowed)
    {
        var named = XDocument.Parse(SourceTree.Text(project)).Descendants("ProjectReference")
            .Select(reference => Assembly.Load(AssemblyOf(reference.Attribute("Include")!.Value)).GetName().Name!);

        Assert.True(named.All(allowed.Contains), $"{assembly}: {project} names {string.Join(", ", named)}, allowed: {string.Join(", ", allowed)}");
    }

    [Fact]
    public void The_contracts_depend_on_the_runtime_and_nothing_else()
    {
        var references = Assembly.Load("Penstock.Contracts").GetReferencedAssemblies();

        Assert.All(references, reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));
        Assert.Empty(XDocument.Parse(SourceTree.Text("protocols/Contracts/Contracts.csproj")).Descendants("PackageReference"));
    }

    [Fact]
    public void Every_project_of_the_solution_is_in_the_list_or_is_a_test()
    {
        var listed = Projects.Select(row => row.Data.Item1);
        var projects = SourceTree.Files.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal) && !path.StartsWith("tests/", StringComparison.Ordinal));

        Assert.Equal(projects.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static bool IsOurs(string name) => name.StartsWith("penstock", StringComparison.OrdinalIgnoreCase);

    private static string AssemblyOf(string projectPath) =>
        Projects.Select(row => row.Data).Single(row => row.Item1.EndsWith("/" + projectPath.Split('/', '\\')[^1], StringComparison.Ordinal)).Item2;
}
