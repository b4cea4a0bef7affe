using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Site;
using Penstock.Protocols.Profiles;
using Penstock.UnitTests.Profiles;
using Xunit;

namespace Penstock.UnitTests.Site;

public sealed class SiteLoaderTests
{
    private static SiteResult Load(string text) => SiteLoader.Parse(text, "site.yaml", new ProfileStore([ShippedProfiles.Folder]));

    [Fact]
    public void A_site_of_one_line_a_device_loads()
    {
        var result = Load("""
            site: 1
            name: north-plant
            forward: {to: "http://127.0.0.1:9000", token: "env:PENSTOCK_TOKEN"}
            outbox: {storage: card, cap: 64 MiB, keep: 7d, free_floor: 100 MiB, group_for: 1s}
            devices:
              - {name: main-meter, profile: eastron-sdm630, host: 192.168.0.20, unit_id: 3, place: LV room}
              - repeat: {n: 1-2}
                name: "hall-{n}"
                profile: xy-md02
                host: 10.0.0.9
                port: 1502
                unit_id: "20 + n"
                place: "Hall {n}"
            """);

        Assert.Empty(result.Problems);
        Assert.NotNull(result.Config);
        Assert.Equal("north-plant", result.Config.Name);
        Assert.Equal(["main-meter", "hall-1", "hall-2"], result.Config.Devices.Select(d => d.Name));
        Assert.Equal([(byte)3, (byte)21, (byte)22], result.Config.Devices.Select(d => d.UnitId));
        Assert.Equal([502, 1502, 1502], result.Config.Devices.Select(d => d.Port));
        Assert.Equal(StorageMode.Card, result.Config.Outbox.Storage);
        Assert.False(result.Config.StorageAuto);
        Assert.Equal(64L << 20, result.Config.Outbox.CapBytes);
        Assert.Equal(TimeSpan.FromDays(7), result.Config.Outbox.Keep);
        Assert.Equal(100L << 20, result.Config.Outbox.FreeFloorBytes);
        Assert.Equal("env:PENSTOCK_TOKEN", result.Config.Forward.Token);
    }

    [Theory]
    [InlineData("broker", true)]
    [InlineData("historian", false)]
    [InlineData("auto", false)]
    public void Over_http_the_word_of_a_broker_is_not_to_be_had(string confirm, bool told)
    {
        var result = Load($"site: 1\nname: a\nforward: {{type: http, confirm: {confirm}}}\ndevices:\n  - {{name: m, profile: xy-md02, host: 10.0.0.9, unit_id: 1}}\n");

        Assert.NotNull(result.Config);
        var problems = result.Problems.Where(problem => problem.Message.Contains("no broker", StringComparison.Ordinal)).ToList();
        Assert.Equal(told, problems.Count == 1);
        Assert.All(problems, problem => Assert.Equal((3, Severity.Warning), (problem.Line, problem.Severity)));
    }
}
