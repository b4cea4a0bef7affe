using System.Net;
using Microsoft.Extensions.Logging;
using Penstock.Central.Commands;
using Penstock.Central.Data;
using Penstock.Central.Logging;
using Xunit;

namespace Penstock.UnitTests.Central;

public sealed class StartTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_folder_is_made_and_opened_again()
    {
        DataFolder.Open(_folder["data"], TimeProvider.System).Dispose();

        Assert.Null(Record.Exception(() => DataFolder.Open(_folder["data"], TimeProvider.System).Dispose()));
    }

    [Fact]
    public void A_folder_with_files_of_something_else_is_refused()
    {
        File.WriteAllText(_folder["thesis.txt"], "");

        var error = Assert.Throws<DataFolderException>(() => DataFolder.Open(_folder.Path, TimeProvider.System));

        Assert.False(error.IsPassing);
        Assert.Contains("--data", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_a_file_is_refused()
    {
        File.WriteAllText(_folder["data"], "");

        Assert.Throws<DataFolderException>(() => DataFolder.Open(_folder["data"], TimeProvider.System));
    }

    [Fact]
    public void A_second_centre_on_the_same_folder_is_refused_by_name_of_the_first()
    {
        using var first = DataFolder.Open(_folder["data"], TimeProvider.System);

        var error = Assert.Throws<DataFolderException>(() => DataFolder.Open(_folder["data"], TimeProvider.System));

        Assert.True(error.IsPassing);
        Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_on_a_folder_that_is_not_ours_is_refused()
    {
        Assert.Throws<DataFolderException>(() => DataFolder.Existing(_folder.Path));
    }

    [Theory]
    [InlineData("127.0.0.1:8420", "127.0.0.1", 8420, true)]
    [InlineData("localhost:0", "127.0.0.1", 0, true)]
    [InlineData("0.0.0.0:80", "0.0.0.0", 80, false)]
    [InlineData("[::1]:8420", "::1", 8420, true)]
    public void An_address_with_a_port_is_understood(string listen, string address, int port, bool loopback)
    {
        var options = CentralOptionsParser.Parse("data", listen, null, "1GiB", false);

        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), port), options.Listen);
        Assert.Equal(loopback, options.IsLoopback);
    }

    [Theory]
    [InlineData("8420", null, "1GiB")]
    [InlineData("127.0.0.1", null, "1GiB")]
    [InlineData("127.0.0.1:99999", null, "1GiB")]
    [InlineData("plant:8420", null, "1GiB")]
    [InlineData("127.0.0.1:0", 0d, "1GiB")]
    [InlineData("127.0.0.1:0", -1d, "1GiB")]
    [InlineData("127.0.0.1:0", null, "much")]
    [InlineData("127.0.0.1:0", null, "-1GiB")]
    public void A_wrong_option_is_wrong_usage(string listen, double? days, string floor)
    {
        var error = Assert.Throws<StartException>(() => CentralOptionsParser.Parse("data", listen, days, floor, false));

        Assert.Equal(ExitCode.WrongUsage, error.Code);
    }

    [Theory]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("500MB", 500_000_000)]
    [InlineData("0", 0)]
    [InlineData("1.5 KiB", 1536)]
    public void A_size_is_understood(string text, long bytes)
    {
        Assert.Equal(bytes, CentralOptionsParser.ParseSize(text));
    }

    [Fact]
    public void A_log_line_is_one_line()
    {
        var now = new DateTimeOffset(2026, 3, 1, 12, 34, 56, 789, TimeSpan.Zero);

        Assert.Equal("12:34:56.789 WARN  a b", OneLine.Format(now, LogLevel.Warning, "a\nb", null, journal: false));
        Assert.Equal("<4>a b", OneLine.Format(now, LogLevel.Warning, "a\nb", null, journal: true));
        Assert.DoesNotContain('\n', OneLine.Format(now, LogLevel.Error, "a", new InvalidOperationException("x\ny"), journal: false));
    }
}
