using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Penstock.Protocols.Profiles;
using Penstock.Protocols.Profiles.Yaml;
using Xunit;

namespace Penstock.UnitTests.Profiles;

public sealed class YamlReaderTests
{
    private static (YamlMap? Root, ProblemList Problems) Read(string text)
    {
        var problems = new ProblemList(SourceFile.FromText("a.yaml", text));
        return (YamlReader.Read(problems), problems);
    }

    [Theory]
    [InlineData("00017")]
    [InlineData("off")]
    [InlineData("no")]
    [InlineData("1.10")]
    [InlineData("1e3")]
    [InlineData("12:30")]
    [InlineData("~")]
    public void A_scalar_stays_what_was_typed(string typed)
    {
        var (root, _) = Read($"a: {typed}\n");

        Assert.Equal(typed, Assert.IsType<YamlScalar>(root?.Find("a")?.Value).Text);
    }

    [Fact]
    public void Keys_and_values_know_their_line_and_column()
    {
        var (root, _) = Read("a: 1\nb:\n  - {c: déjà, d: \"x y\"}\n");

        var entry = Assert.IsType<YamlMap>(Assert.IsType<YamlList>(root?.Find("b")?.Value).Items[0]).Entries[1];
        Assert.Equal(new SourceSpan(3, 15, 1), entry.KeyAt);
        Assert.Equal(new SourceSpan(3, 18, 5), entry.Value.At);
    }

    [Theory]
    [InlineData("a: &x 1\nb: *x\n", "anchor")]
    [InlineData("a: !!int 1\n", "type tag")]
    [InlineData("a: 1\na: 2\n", "stands twice")]
    [InlineData("a:\n\tb: 1\n", "tab")]
    [InlineData("a: 1\n---\nb: 2\n", "second document")]
    [InlineData("- a\n", "block of keys")]
    [InlineData("just text\n", "block of keys")]
    [InlineData("", "empty")]
    [InlineData("# only a comment\n", "empty")]
    [InlineData("a: [1, 2\n", "not readable as YAML")]
    [InlineData("a: b: c\n", "not readable as YAML")]
    [InlineData("? [a, b]\n: 1\n", "single word")]
    public void What_is_not_read_is_refused_by_name(string text, string message)
    {
        var (_, problems) = Read(text);

        Assert.Contains(problems.Sorted, p => p.Message.Contains(message, StringComparison.Ordinal) && p.Severity == Severity.Error && p.Line >= 1);
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused_without_growing()
    {
        var text = new StringBuilder("a0: &a0 [x, x]\n");
        for (var i = 1; i < 60; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");

        var (_, problems) = Read(text.ToString());

        Assert.True(problems.HasErrors);
        Assert.True(problems.Sorted.Count <= ProblemList.Most);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        var (root, problems) = Read("a: " + new string('[', 5000) + new string(']', 5000));

        Assert.Null(root);
        Assert.True(problems.HasErrors);
    }

    [Fact]
    public void A_file_of_more_than_a_mebibyte_is_refused()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(path, new byte[SourceFile.MaxBytes + 1]);
        try
        {
            Assert.Null(SourceFile.Read(path, out var problem));
            Assert.Contains("1 MiB", problem?.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_that_is_not_UTF_8_is_refused_with_its_line()
    {
        byte[] latin1 = [.. "a: 1\nunit: "u8, 0xB0, .. "C\n"u8];

        Assert.Null(SourceFile.FromBytes("a.yaml", latin1, out var problem));

        Assert.Equal((Codes.NotText, 2), (problem?.Code, problem?.Line ?? 0));
    }

    [Fact]
    public void Any_text_ends_in_a_profile_or_in_problems_and_never_in_an_exception()
    {
        var pieces = Gen.Elements("profile: 1\n", "kind: modbus\n", "registers:\n", "  - {tag: a, ", "register: 1, ", "type: uint16}\n", "[", "]", "{", "}", ": ", "- ", "\"", "'", "&a ", "*a", "|\n", "> ", "\t", "°", "\0", "#", "%", "\n  ", "? ", "repeat: {n: 1-3, step: 1}\n", "simulate:\n  a: {sine: {period: 1s}}\n");
        var texts = Gen.ListOf(pieces).Select(string.Concat);

        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var result = ProfileLoader.Parse(text, "a.yaml");
            return result.Profile is not null || result.Problems.Count > 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }
}
