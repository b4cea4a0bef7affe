using Penstock.Contracts;
using Penstock.EdgeAgent.Data;
using Penstock.UnitTests.Forwarding;
using Xunit;

namespace Penstock.UnitTests.Running;

public sealed class DataFolderTests : IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public DataFolderTests() => Directory.CreateDirectory(_root);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_agent_is_named_once()
    {
        string first;
        using (var folder = DataFolder.Open(In("agent")))
            first = folder.Agent;

        using var again = DataFolder.Open(In("agent"));

        Assert.Equal(first, again.Agent);
        Assert.StartsWith("a-", first);
        Assert.True(Names.IsValid(first));
        using var other = DataFolder.Open(In("other"));
        Assert.NotEqual(first, other.Agent);
    }

    [Fact]
    public void A_second_agent_is_told_who_the_first_is()
    {
        using var first = DataFolder.Open(In("agent"));
        first.TellHolder("north", Some.At(0));

        var error = Assert.Throws<DataFolderException>(() => DataFolder.Open(In("agent")));

        Assert.Contains($"pid {Environment.ProcessId}", error.Message);
        Assert.Contains("site north", error.Message);
        Assert.Contains(Some.At(0).ToString(), error.Message);
        Assert.Contains("--data", error.Message);
    }

    [Fact]
    public void A_folder_of_somebody_else_is_left_alone()
    {
        File.WriteAllText(Path.Combine(_root, "holiday.jpg"), "");

        var error = Assert.Throws<DataFolderException>(() => DataFolder.Open(_root));

        Assert.Contains("holiday.jpg", error.Message);
        Assert.Single(Directory.EnumerateFileSystemEntries(_root));
    }

    [Fact]
    public void A_folder_whose_making_was_cut_off_is_made_again()
    {
        Directory.CreateDirectory(In("agent"));
        File.WriteAllText(In("agent/agent.new"), "penst");
        File.WriteAllText(In("agent/lock"), "");

        using var folder = DataFolder.Open(In("agent"));

        Assert.StartsWith("a-", folder.Agent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("penstock data folder 2\na-abc\n")]
    [InlineData("penstock data folder 1\nNot A Name\n")]
    public void A_marker_that_is_not_of_this_version_is_refused(string marker)
    {
        Directory.CreateDirectory(In("agent"));
        File.WriteAllText(In("agent/agent"), marker);

        var error = Assert.Throws<DataFolderException>(() => DataFolder.Open(In("agent")));

        Assert.Contains("marker", error.Message);
        File.WriteAllText(In("agent/agent"), "penstock data folder 1\na-abc\n");
        using var repaired = DataFolder.Open(In("agent"));
        Assert.Equal("a-abc", repaired.Agent);
    }

    [Fact]
    public void A_file_in_the_way_is_said_with_its_path()
    {
        File.WriteAllText(In("blocked"), "");

        Assert.Contains(In("blocked"), Assert.Throws<DataFolderException>(() => DataFolder.Open(In("blocked"))).Message);
        Assert.Contains(In("blocked"), Assert.Throws<DataFolderException>(() => DataFolder.Open(In("blocked/agent"))).Message);
    }

    [Fact]
    public void The_last_good_configuration_is_kept_and_replaced_as_a_whole()
    {
        var site = Write("plant/site.yaml", "site: 1");
        var profile = Write("plant/profiles/some.yaml", "profile: 1");
        var lastGood = new LastGood(In("data"));
        Assert.Null(lastGood.SiteFile);

        lastGood.Keep([site, profile]);
        Assert.Equal("site: 1", File.ReadAllText(lastGood.SiteFile!));
        Assert.Equal("profile: 1", File.ReadAllText(Path.Combine(LastGood.ProfilesBeside(lastGood.SiteFile!), "some.yaml")));

        Write("plant/site.yaml", "site: 1 # other");
        lastGood.Keep([site]);
        Assert.Equal("site: 1 # other", File.ReadAllText(lastGood.SiteFile!));
        Assert.Empty(Directory.EnumerateFiles(LastGood.ProfilesBeside(lastGood.SiteFile!)));
    }

    [Fact]
    public void An_unchanged_configuration_is_not_written_again()
    {
        var site = Write("plant/site.yaml", "site: 1");
        var lastGood = new LastGood(In("data"));
        lastGood.Keep([site]);
        var old = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(lastGood.SiteFile!, old);

        lastGood.Keep([site]);

        Assert.Equal(old, File.GetLastWriteTimeUtc(lastGood.SiteFile!));
    }

    [Fact]
    public void A_cut_between_the_two_renames_leaves_the_former_copy_in_use()
    {
        var lastGood = new LastGood(In("data"));
        lastGood.Keep([Write("plant/site.yaml", "site: 1")]);
        Directory.Move(In("data/last-good"), In("data/last-good.old"));

        Assert.Equal("site: 1", File.ReadAllText(lastGood.SiteFile!));
        lastGood.Keep([Write("plant/site.yaml", "site: 1 # other")]);
        Assert.Equal("site: 1 # other", File.ReadAllText(lastGood.SiteFile!));
        Assert.False(Directory.Exists(In("data/last-good.old")));
    }

    [Theory]
    [InlineData("/data/agent", "179:2")]
    [InlineData("/data", "179:2")]
    [InlineData("/database", "8:1")]
    [InlineData("/mnt/my card/agent", "179:3")]
    public void A_folder_lies_on_the_longest_mount_above_it(string path, string device)
    {
        string[] mounts =
        [
            "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw",
            "23 22 179:2 / /data rw - ext4 /dev/mmcblk0p2 rw",
            "24 22 179:3 / /mnt/my\\040card rw - ext4 /dev/mmcblk0p3 rw",
        ];

        Assert.Equal(device, Medium.DeviceNumber(mounts, path));
    }

    private string In(string name) => Path.Combine(_root, name);

    private string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        File.WriteAllText(In(name), text);
        return In(name);
    }
}
