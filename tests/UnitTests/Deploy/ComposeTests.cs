using System.Text.RegularExpressions;
using Penstock.UnitTests.Architecture;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Penstock.UnitTests.Deploy;

/// <summary>What can be said of the compose file without a container engine: it parses, and everything it names exists.</summary>
public sealed partial class ComposeTests
{
    private const string Folder = "deploy/compose";

    private static readonly YamlMappingNode Root = Parse();

    [Fact]
    public void Every_service_has_an_image_of_a_version_limits_and_a_health_check()
    {
        foreach (var (name, service) in Services())
        {
            Assert.Matches(@"^[\w/.-]+:(?!latest$)[\w.-]+$", Text(service, "image"));
            Assert.Matches(@"^\d+[mg]$", Text(service, "mem_limit"));
            Assert.NotEmpty(Text(service, "cpus"));
            Assert.NotEmpty(Text(service, "restart"));
            // The one that makes the topics ends by itself.
            if (name != "topics")
                Assert.Contains("healthcheck", Keys(service));
        }
    }

    [Fact]
    public void Services_networks_volumes_and_secrets_that_are_named_are_declared()
    {
        foreach (var (_, service) in Services())
        {
            Assert.Subset(Declared("services"), Names(service, "depends_on"));
            Assert.Subset(Declared("networks"), Names(service, "networks"));
            Assert.Subset(Declared("secrets"), Names(service, "secrets"));
            Assert.Subset(Declared("volumes"), Volumes(service));
        }
    }

    [Fact]
    public void What_is_declared_is_used()
    {
        var services = Services().Select(service => service.Value).ToList();

        Assert.Equal(Declared("volumes"), services.SelectMany(Volumes).ToHashSet());
        Assert.Equal(Declared("secrets"), services.SelectMany(service => Names(service, "secrets")).ToHashSet());
    }

    [Fact]
    public void Scripts_that_are_mounted_and_files_that_are_built_exist()
    {
        foreach (var (_, service) in Services())
        {
            foreach (var file in Names(service, "volumes").Where(volume => volume[0] == '.').Select(volume => Repository.PathOf(Folder, volume.Split(':')[0])))
                Assert.StartsWith("#!/usr/bin/env bash", File.ReadAllText(file), StringComparison.Ordinal);
            if (service.Children.TryGetValue("build", out var build))
                Assert.True(File.Exists(Repository.PathOf(Folder, Text((YamlMappingNode)build, "context"), Text((YamlMappingNode)build, "dockerfile"))));
        }
    }

    [Fact]
    public void Every_secret_is_a_file_that_the_script_makes_and_no_password_stands_here()
    {
        var script = SourceTree.Text($"{Folder}/secrets.sh");
        foreach (var (name, secret) in Entries("secrets"))
        {
            Assert.Equal($"./secrets/{name}", Text(secret, "file"));
            Assert.Contains(name, script, StringComparison.Ordinal);
        }

        Assert.DoesNotMatch(@"(?i)password\s*[:=]\s*(?!file:|\$)['""]?\w+['""]?\s*$", SourceTree.Text($"{Folder}/compose.yaml"));
        Assert.All(Variable().Matches(SourceTree.Text($"{Folder}/compose.yaml")), match => Assert.Contains(match.Groups[1].Value, script, StringComparison.Ordinal));
    }

    [Fact]
    public void Only_loopback_is_published()
    {
        Assert.All(Services().SelectMany(service => Names(service.Value, "ports")), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
    }

    private static YamlMappingNode Parse()
    {
        var yaml = new YamlStream();
        yaml.Load(new MergingParser(new Parser(new StringReader(SourceTree.Text($"{Folder}/compose.yaml")))));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static List<KeyValuePair<string, YamlMappingNode>> Services() => Entries("services");

    private static List<KeyValuePair<string, YamlMappingNode>> Entries(string part) =>
        [.. ((YamlMappingNode)Root[part]).Select(entry => KeyValuePair.Create(((YamlScalarNode)entry.Key).Value!, (YamlMappingNode)entry.Value))]; // keys of YAML maps have a value

    private static HashSet<string> Declared(string part) => [.. Entries(part).Select(entry => entry.Key)];

    private static IEnumerable<string> Keys(YamlMappingNode node) => node.Children.Keys.Select(key => ((YamlScalarNode)key).Value!); // as above

    private static string Text(YamlMappingNode node, string key) => ((YamlScalarNode)node[key]).Value!; // as above

    /// <summary>A list's items or a map's keys.</summary>
    private static HashSet<string> Names(YamlMappingNode service, string key) => service.Children.TryGetValue(key, out var named)
        ? named is YamlMappingNode map ? [.. Keys(map)] : [.. ((YamlSequenceNode)named).Select(item => ((YamlScalarNode)item).Value!)] // as above
        : [];

    private static HashSet<string> Volumes(YamlMappingNode service) =>
        [.. Names(service, "volumes").Where(volume => volume[0] != '.').Select(volume => volume.Split(':')[0])];

    [GeneratedRegex(@"\$\{(\w+)")]
    private static partial Regex Variable();
}
