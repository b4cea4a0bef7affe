using Penstock.EdgeAgent.Site;
using Penstock.Protocols.Profiles.Yaml;
using Xunit;

namespace Penstock.UnitTests.Site;

public sealed class WholeFormulaTests
{
    [Theory]
    [InlineData("7", 7)]
    [InlineData("20 + n", 23)]
    [InlineData("20+2*n-1", 25)]
    [InlineData("n * n * 2", 18)]
    public void A_formula_of_whole_numbers_is_computed(string text, long expected)
    {
        Assert.True(WholeFormula.TryRead(text, new Substitution("n", 3), out var value));

        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("2 n")]
    [InlineData("2 +")]
    [InlineData("1.5")]
    [InlineData("9999999999 * 9999999999")]
    public void Anything_else_is_refused(string text) =>
        Assert.False(WholeFormula.TryRead(text, new Substitution("n", 3), out _));
}
