using System.Text.RegularExpressions;
using Penstock.Protocols;
using Penstock.Protocols.Profiles;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.EdgeAgent.Simulation;

/// <summary>Which devices of a site come from which block of its file: one from each, several from a repeat.</summary>
internal static partial class SiteBlocks
{
    public static IEnumerable<(YamlMap Block, IReadOnlyList<DeviceSettings> Devices)> Of(SourceFile site, IReadOnlyList<DeviceSettings> devices)
    {
        var blocks = YamlReader.Read(new ProblemList(site))?.Find("devices")?.Value is YamlList list ? list.Items.OfType<YamlMap>() : [];
        foreach (var block in blocks)
        {
            var fits = Pattern((block.Find("name")?.Value as YamlScalar)?.Text ?? "");
            IReadOnlyList<DeviceSettings> found = [.. devices.Where(device => fits.IsMatch(device.Name))];
            if (found.Count > 0)
                yield return (block, found);
        }
    }

    /// <summary><c>hall-{n}</c> fits <c>hall-7</c>.</summary>
    private static Regex Pattern(string name) =>
        new("^" + Variable().Replace(Regex.Escape(name), "[0-9]+") + "$", RegexOptions.NonBacktracking);

    [GeneratedRegex(@"\\{[^}]*}")]
    private static partial Regex Variable();
}
