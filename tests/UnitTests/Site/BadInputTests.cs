using Penstock.EdgeAgent.Site;
using Penstock.Protocols.Profiles;
using Penstock.UnitTests.Profiles;
using Xunit;

namespace Penstock.UnitTests.Site;

/// <summary>The mistakes people make in a site file, by name: each refused with place, code and repair.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("penstock-site-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Broken_yaml_is_refused_with_its_line() =>
        AssertRefused("site: 1\nname: [north\ndevices: []\n", "S03", line: 2);

    [Fact]
    public void An_unknown_key_is_refused_with_the_nearest_known_one()
    {
        var problem = AssertRefused("site: 1\nname: a\ndevices:\n  - {name: m, profile: xy-md02, hots: 10.0.0.1}\n", "S01", line: 4);

        Assert.Contains("\"host\"", problem.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_profile_is_refused_with_the_nearest_known_one()
    {
        var problem = AssertRefused("site: 1\nname: a\ndevices:\n  - {name: m, profile: xy-md20, host: 10.0.0.1}\n", "N01", line: 4);

        Assert.Contains("xy-md02", problem.Repair, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_devices_of_one_name_are_refused() =>
        AssertRefused("site: 1\nname: a\ndevices:\n  - {name: m, profile: xy-md02, host: 10.0.0.1}\n  - {name: m, profile: xy-md02, host: 10.0.0.2}\n", "S02", line: 5);

    [Fact]
    public void A_name_that_cannot_stand_in_a_record_is_refused_with_one_that_can()
    {
        var problem = AssertRefused("site: 1\nname: a\ndevices:\n  - {name: Hall 1, profile: xy-md02, host: 10.0.0.1}\n", "N06", line: 4);

        Assert.Contains("name: hall-1", problem.Repair, StringComparison.Ordinal);
    }

    [Fact]
    public void A_register_out_of_range_in_a_profile_is_refused_in_the_file_of_the_profile()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "hardware-profiles"));
        File.WriteAllText(Path.Combine(_folder, "hardware-profiles", "toy.yaml"), "profile: 1\nkind: modbus\nid: toy\naddresses: {written_as: wire}\nregisters:\n  - {tag: a, table: holding, register: 70000, type: uint16}\n");

        var problem = AssertRefused("site: 1\nname: a\ndevices:\n  - {name: m, profile: toy, host: 10.0.0.1}\n", "A01", line: 6);

        Assert.EndsWith("toy.yaml", problem.File, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("port: 0")]
    [InlineData("port: 65536")]
    [InlineData("unit_id: 0")]
    [InlineData("unit_id: 248")]
    [InlineData("host: \"10.0.0.1:502\"")]
    public void An_address_that_cannot_be_is_refused(string key) =>
        AssertRefused($"site: 1\nname: a\ndevices:\n  - {{name: m, profile: xy-md02, {(key.StartsWith("host", StringComparison.Ordinal) ? key : "host: 10.0.0.1, " + key)}}}\n", "N01", line: 4);

    [Fact]
    public void A_site_file_that_is_not_there_is_refused_by_name()
    {
        var result = SiteLoader.Load(Path.Combine(_folder, "nowhere.yaml"), []);

        Assert.Equal("S07", Assert.Single(result.Problems).Code);
    }

    private Problem AssertRefused(string text, string code, int line)
    {
        var path = Path.Combine(_folder, "site.yaml");
        File.WriteAllText(path, text);

        var result = SiteLoader.Load(path, [ShippedProfiles.Folder]);

        Assert.Null(result.Config);
        var problem = Assert.Single(result.Problems, p => p.Code == code);
        Assert.Equal(line, problem.Line);
        Assert.False(string.IsNullOrWhiteSpace(problem.Repair));
        return problem;
    }
}
