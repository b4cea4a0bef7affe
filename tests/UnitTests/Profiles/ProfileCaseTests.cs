using System.Globalization;
using System.Text;
using Penstock.Protocols.Profiles;
using Xunit;

namespace Penstock.UnitTests.Profiles;

/// <summary>One file a case in Cases: what lint prints, and what was loaded.</summary>
public sealed class ProfileCaseTests
{
    public static TheoryData<string> Names => [.. CaseFiles.Names("Profiles")];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_profile_gives_what_stands_beside_it(string name)
    {
        var result = ProfileLoader.Parse(File.ReadAllText(CaseFiles.Path("Profiles", name)), name);

        CaseFiles.AssertExpected("Profiles", name, Dump(result));
    }

    private static string Dump(ProfileResult result)
    {
        var text = new StringBuilder(ProblemText.Render(result.Problems));
        if (result.Profile is not { } profile)
            return text.ToString();
        text.Append(CultureInfo.InvariantCulture, $"{profile.Id}: trust level {profile.TrustLevel}\n");
        foreach (var item in profile.NotActedOn)
            text.Append(CultureInfo.InvariantCulture, $"not acted on: {item.Count} {item.What}\n");
        foreach (var register in profile.Registers)
            text.Append(Line(register)).Append('\n');
        return text.ToString();
    }

    private static string Line(RegisterDefinition r)
    {
        var bit = r.Bit is { } b ? $" bit {b}{(r.BitCount is { } c ? $"+{c}" : "")}" : "";
        var order = r.Addresses.Count > 1 && r.Type != RegisterType.Text ? $" {r.WordOrder}/{r.ByteOrder}" : "";
        var sentinels = string.Join(' ', r.Sentinels.Select(s => $"0x{s.Key:X}={s.Value}"));
        return string.Create(CultureInfo.InvariantCulture, $"{r.Tag} | {r.Printed} -> {r.Table.Word()} {string.Join(',', r.Addresses)}{bit} | {r.Type.Word()}{order} | x{r.Scale:0.######}+{r.Offset:0.###} {r.ScaleFrom} {r.Unit} | {r.Poll.Name} {r.Poll.Interval} | valid {r.Valid} normal {r.Normal} report {r.Report} {sentinels}");
    }
}
