using System.Globalization;
using System.Text;
using Penstock.EdgeAgent.Site;
using Penstock.Protocols;
using Penstock.Protocols.Profiles;
using Penstock.UnitTests.Profiles;
using Xunit;

namespace Penstock.UnitTests.Site;

/// <summary>One file a case in Cases: what site check would say, and what was loaded.</summary>
public sealed class SiteCaseTests
{
    public static TheoryData<string> Names => [.. CaseFiles.Names("Site")];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_site_gives_what_stands_beside_it(string name)
    {
        var result = SiteLoader.Parse(File.ReadAllText(CaseFiles.Path("Site", name)), name, new ProfileStore([ShippedProfiles.Folder]));

        CaseFiles.AssertExpected("Site", name, Dump(result).Replace(ShippedProfiles.Folder, "hardware-profiles", StringComparison.Ordinal));
    }

    private static string Dump(SiteResult result)
    {
        var text = new StringBuilder(ProblemText.Render(result.Problems));
        if (result.Config is not { } site)
            return text.ToString();
        text.Append(CultureInfo.InvariantCulture, $"{site.Name} {site.TimeZone} forward {site.Forward.Type} {site.Forward.To} {site.Forward.Address} {site.Forward.Confirm} {site.Forward.Token}\n");
        if (site.Forward.Type == ForwardType.Kafka)
            text.Append(CultureInfo.InvariantCulture, $"kafka {site.Forward.Compression} {site.Forward.Topics}\n  {site.Forward.Security.Tls}\n  {site.Forward.Security.Sasl}\n");
        text.Append(CultureInfo.InvariantCulture, $"outbox {site.Outbox.Storage} auto {site.StorageAuto} cap {site.Outbox.CapBytes} group {site.Outbox.GroupFor}\n");
        foreach (var item in site.NotActedOn)
            text.Append(CultureInfo.InvariantCulture, $"not acted on: {item.Count} {item.What}\n");
        foreach (var device in site.Devices)
            Device(text, device);
        return text.ToString();
    }

    private static void Device(StringBuilder text, DeviceSettings device)
    {
        text.Append(CultureInfo.InvariantCulture, $"{device.Name}: {device.Profile.Id} at {device.Host}:{device.Port} unit {device.UnitId} in {device.Place}\n");
        foreach (var (tag, plant) in device.PlantTags)
            text.Append(CultureInfo.InvariantCulture, $"  {tag} = {plant}\n");
        foreach (var r in device.Profile.Registers.Take(14))
            text.Append(CultureInfo.InvariantCulture, $"  {r.Tag} x{r.Scale} {r.Unit} {r.Poll.Interval} {r.Report} {r.Valid} {r.Label}\n");
    }
}
