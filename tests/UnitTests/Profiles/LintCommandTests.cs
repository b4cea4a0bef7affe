using System.CommandLine;
using System.Text.Json;
using Penstock.EdgeAgent.Commands;
using Xunit;

namespace Penstock.UnitTests.Profiles;

public sealed class LintCommandTests
{
    [Fact]
    public void Clean_profiles_end_with_0()
    {
        var (code, output) = Run("profile", "lint", ShippedProfiles.Folder);

        Assert.Equal(ExitCode.Fine, code);
        Assert.Contains("errors: 0, warnings: 0", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_with_errors_ends_with_1_and_every_error_is_told()
    {
        var (code, output) = Run("profile", "lint", CaseFiles.Path("Profiles", "every-mistake.yaml"));

        Assert.Equal(ExitCode.Problem, code);
        Assert.All(new[] { "S01", "A02", "A06", "T01", "U01", "U03", "Q01", "P01", "M01" }, c => Assert.Contains($"error {c}", output, StringComparison.Ordinal));
    }

    [Fact]
    public void No_file_is_wrong_usage() =>
        Assert.NotEmpty(Root().Parse(["profile", "lint"]).Errors);

    [Fact]
    public void Json_names_file_line_code_and_repair()
    {
        var (_, output) = Run("profile", "lint", "--format", "json", CaseFiles.Path("Profiles", "every-mistake.yaml"));

        using var json = JsonDocument.Parse(output);
        var first = json.RootElement.GetProperty("problems")[0];
        Assert.EndsWith("every-mistake.yaml", first.GetProperty("file").GetString(), StringComparison.Ordinal);
        Assert.True(first.GetProperty("line").GetInt32() > 0);
        Assert.True(first.TryGetProperty("code", out _) && first.TryGetProperty("repair", out _));
        Assert.Contains(first.GetProperty("severity").GetString(), new[] { "error", "warning", "hint" });
    }

    [Fact]
    public void A_site_is_summed_up()
    {
        var (code, output) = Run("site", "check", CaseFiles.Path("Site", "every-key.yaml"), "--profiles", ShippedProfiles.Folder);

        Assert.Equal(ExitCode.Fine, code);
        Assert.Contains("5 devices", output, StringComparison.Ordinal);
        Assert.Contains("2 alarm limits loaded, not evaluated in this version", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_site_ends_with_1() =>
        Assert.Equal(ExitCode.Problem, Run("site", "check", CaseFiles.Path("Site", "every-mistake.yaml")).Code);

    private static RootCommand Root() => [ProfileCommand.Create(), SiteCommand.Create()];

    private static (int Code, string Output) Run(params string[] args)
    {
        using var output = new StringWriter();
        var code = Root().Parse(args).Invoke(new InvocationConfiguration { Output = output });
        return (code, output.ToString());
    }
}
