using Penstock.Protocols.Profiles;
using Xunit;

namespace Penstock.UnitTests.Profiles;

public sealed class NearestNameTests
{
    private static readonly string[] Keys = ["scale", "scale_from", "register", "registers", "table", "type", "unit"];

    [Theory]
    [InlineData("scal", "scale")]
    [InlineData("Scale", "scale")]
    [InlineData("regsiter", "register")]
    [InlineData("tpye", "type")]
    [InlineData("scale-from", "scale_from")]
    public void A_slip_of_the_finger_is_recognised(string typed, string meant) =>
        Assert.Equal(meant, NearestName.Of(typed, Keys));

    [Theory]
    [InlineData("alarm")]
    [InlineData("x")]
    [InlineData("")]
    public void A_strange_word_gets_no_suggestion(string typed) =>
        Assert.Null(NearestName.Of(typed, Keys));
}
