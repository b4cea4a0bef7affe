using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.BadInput;

/// <summary>Wrong configuration: the agent says what, where and the repair, and ends with 2.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private const int WrongConfiguration = 2;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Broken_yaml_is_refused_with_file_and_line()
    {
        var site = _folder.Write("site.yaml", "site: 1\nname: [north-plant\ndevices:\n  - {name: a\n");

        var ended = await Run(site);

        Refused(ended, "site.yaml:", "YAML");
    }

    [Fact]
    public async Task An_unknown_key_is_refused_with_the_nearest_known_one()
    {
        var plant = SomePlant().Add("devises: []");

        var ended = await Run(plant.Write());

        Refused(ended, "site.yaml:", "devises", "devices");
    }

    [Fact]
    public async Task An_unknown_profile_is_refused_with_the_nearest_known_one()
    {
        var plant = SomePlant().Device("second", "eastron-sdm63", 502);

        var ended = await Run(plant.Write());

        Refused(ended, "site.yaml:", "eastron-sdm63", "eastron-sdm630");
    }

    [Fact]
    public async Task Two_devices_of_one_name_are_refused_with_both_lines()
    {
        var plant = SomePlant().Device("first", "some", 503);

        var ended = await Run(plant.Write());

        Refused(ended, "site.yaml:", "\"first\"", "first on line");
    }

    [Fact]
    public async Task A_register_out_of_range_is_refused_with_file_line_and_register()
    {
        var plant = SomePlant();
        var profile = _folder["hardware-profiles/some.yaml"];
        await File.WriteAllTextAsync(profile, (await File.ReadAllTextAsync(profile)).Replace("register: 0,", "register: 70000,", StringComparison.Ordinal));

        var ended = await Run(plant.Write());

        Refused(ended, "some.yaml:", "70000", "65535");
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_is_refused_with_its_path()
    {
        var blocked = _folder.Write("blocked", "a file stands where the folder should be");

        var ended = await RunningProgram.Run(Repository.Agent, "run", "--site", SomePlant().Write(), "--data", Path.Combine(blocked, "agent"), "--listen", "127.0.0.1:0");

        Assert.InRange(ended.ExitCode, 1, 2);
        Assert.Contains(blocked, ended.Output, StringComparison.Ordinal);
        NoStackTrace(ended);
    }

    [Fact]
    public async Task A_data_folder_of_somebody_else_is_refused_and_left_alone()
    {
        var foreign = _folder.Write("photos/holiday.jpg", "not ours");

        var ended = await RunningProgram.Run(Repository.Agent, "run", "--site", SomePlant().Write(), "--data", Path.GetDirectoryName(foreign)!, "--listen", "127.0.0.1:0");

        Assert.InRange(ended.ExitCode, 1, 2);
        Assert.Contains("photos", ended.Output, StringComparison.Ordinal);
        NoStackTrace(ended);
        Assert.Equal([foreign], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(foreign)!));
    }

    [Fact]
    public async Task A_full_disk_at_the_start_is_said_with_the_folder()
    {
        Needs.Root();
        await using var disk = await SmallDisk.Mount(_folder["disk"], megabytes: 1);
        Assert.SkipUnless(disk.Mounted, "needs the right to mount a tmpfs");
        disk.Fill();

        var ended = await RunningProgram.Run(Repository.Agent, "run", "--site", SomePlant().Write(), "--data", Path.Combine(disk.Path, "agent"), "--listen", "127.0.0.1:0");

        Assert.InRange(ended.ExitCode, 1, 2);
        Assert.Contains(disk.Path, ended.Output, StringComparison.Ordinal);
        NoStackTrace(ended);
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("centre")]
    public async Task A_port_that_is_taken_is_said_with_its_number(string who)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        string[] listen = ["--data", _folder["data"], "--listen", $"127.0.0.1:{port}"];

        var ended = who == "agent"
            ? await RunningProgram.Run(Repository.Agent, ["run", "--site", SomePlant().Write(), .. listen])
            : await RunningProgram.Run(Repository.Central, ["run", .. listen]);

        Assert.InRange(ended.ExitCode, 1, 2);
        Assert.Contains(port, ended.Output, StringComparison.Ordinal);
        NoStackTrace(ended);
    }

    [Fact]
    public async Task A_wrong_command_line_ends_with_2_and_the_help()
    {
        var ended = await RunningProgram.Run(Repository.Agent, "run", "--sight", "x");

        Assert.Equal(WrongConfiguration, ended.ExitCode);
        Assert.Contains("--site", ended.Output, StringComparison.Ordinal);
    }

    private Plant SomePlant() => new Plant(_folder).Profile("some", "1s", "uint16", "value").Device("first", "some", 502);

    private Task<Ended> Run(string site) =>
        RunningProgram.Run(Repository.Agent, "run", "--site", site, "--data", _folder["agent"], "--listen", "127.0.0.1:0");

    private static void Refused(Ended ended, params string[] words)
    {
        Assert.True(ended.ExitCode == WrongConfiguration, $"ended with {ended.ExitCode}: {ended.Output}");
        Assert.All(words, word => Assert.Contains(word, ended.Output, StringComparison.Ordinal));
        NoStackTrace(ended);
    }

    private static void NoStackTrace(Ended ended) => Assert.DoesNotContain("   at ", ended.Output, StringComparison.Ordinal);
}
