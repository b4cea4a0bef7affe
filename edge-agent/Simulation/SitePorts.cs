using System.Globalization;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.EdgeAgent.Simulation;

/// <summary>
/// Writes the addresses of simulated devices into the text of a site file: <c>host</c> and <c>port</c> change where they
/// stand; a missing port goes behind the host, a missing host in front of the first key. Everything else stays byte for byte, comments included.
/// </summary>
internal static class SitePorts
{
    private const string Host = "127.0.0.1";

    /// <param name="site">Lines and columns of <paramref name="ports"/> are those of this text.</param>
    /// <param name="ports">Blocks of <c>devices:</c> with the port of each.</param>
    public static string Apply(SourceFile site, IReadOnlyDictionary<YamlMap, int> ports)
    {
        var lines = site.Text.Split('\n');
        var edits = ports.SelectMany(entry => Edits(entry.Key, entry.Value.ToString(CultureInfo.InvariantCulture)));
        foreach (var edit in edits.OrderByDescending(edit => (edit.At.Line, edit.At.Column)))
        {
            var line = lines[edit.At.Line - 1];
            lines[edit.At.Line - 1] = string.Concat(line.AsSpan(0, edit.At.Column - 1), edit.Text, line.AsSpan(edit.At.Column - 1 + edit.Replaced));
        }

        return string.Join('\n', lines);
    }

    private static IEnumerable<Edit> Edits(YamlMap device, string port)
    {
        var first = device.Entries[0].KeyAt;
        var isBlock = device.At.Line == first.Line && device.At.Column == first.Column;
        var between = isBlock ? "\n" + new string(' ', first.Column - 1) : ", ";
        var host = device.Find("host")?.Value as YamlScalar;
        var written = device.Find("port")?.Value as YamlScalar;
        var newPort = written is null ? $"{between}port: {port}" : "";

        if (written is not null)
            yield return new(written.At, written.At.Length, port);
        yield return host is null
            ? new(first, 0, $"host: {Host}{newPort}{between}")
            : new(host.At, host.At.Length, Host + newPort);
    }

    private readonly record struct Edit(SourceSpan At, int Replaced, string Text);
}
