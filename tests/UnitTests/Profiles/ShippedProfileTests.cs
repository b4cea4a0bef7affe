using Penstock.Protocols.Profiles;
using Xunit;

namespace Penstock.UnitTests.Profiles;

public sealed class ShippedProfileTests
{
    public static TheoryData<string> Ids => [.. ShippedProfiles.Files.Select(f => Path.GetFileNameWithoutExtension(f))];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_shipped_profile_loads_without_error_or_warning(string id)
    {
        var result = ProfileLoader.Load(ShippedProfiles.Path(id));

        Assert.DoesNotContain(result.Problems, p => p.Severity >= Severity.Warning);
        Assert.NotNull(result.Profile);
        Assert.NotEmpty(result.Profile.Registers);
    }
}
