using Penstock.EdgeAgent.Site;
using Penstock.Protocols.Profiles;
using Penstock.UnitTests.Profiles;
using Xunit;

namespace Penstock.UnitTests.Site;

public sealed class SecretsTests
{
    [Theory]
    [InlineData("env:PENSTOCK_TOKEN", true)]
    [InlineData("file:/etc/penstock/token", true)]
    [InlineData("credential:token", true)]
    [InlineData("file:relative/token", false)]
    [InlineData("credential:../shadow", false)]
    [InlineData("env:", false)]
    [InlineData("hunter2", false)]
    [InlineData("vault:token", false)]
    public void Only_a_reference_is_a_reference(string text, bool expected) =>
        Assert.Equal(expected, Secrets.IsReference(text));

    [Fact]
    public void A_secret_file_is_read_without_its_line_end()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(path, "s3cret\n");
        try
        {
            Assert.Equal("s3cret", Secrets.Read("file:" + path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_missing_secret_is_null_and_not_an_exception() =>
        Assert.Null(Secrets.Read("file:/nowhere/at/all"));

    [Fact]
    public void A_secret_in_clear_is_refused_and_never_repeated()
    {
        var result = SiteLoader.Parse("site: 1\nname: a\nforward: {token: hunter2, confirm: perhaps}\n", "site.yaml", new ProfileStore([ShippedProfiles.Folder]));

        Assert.Single(result.Problems, p => p.Code == "N05");
        Assert.Contains(result.Problems, p => p.Code == "S05");
        Assert.DoesNotContain("hunter2", ProblemText.Render(result.Problems), StringComparison.Ordinal);
    }
}
