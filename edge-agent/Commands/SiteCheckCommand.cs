using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Penstock.EdgeAgent.Site;
using Penstock.Protocols;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Commands;

/// <summary><c>penstock site check FILE</c>: what the site file says, what is wrong with it, and what would be polled. Nothing is contacted.</summary>
internal static class SiteCheckCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The site file." };
        var profiles = new Option<string[]>("--profiles") { Description = "Folder with profiles, searched first; may be given several times.", DefaultValueFactory = _ => [] };
        var format = ProblemFormat.Option();
        var command = new Command("check", "Check a site file with all its profiles.") { file, profiles, format };
        command.SetAction(parsed => Run(parsed.GetValue(file) ?? "", parsed.GetValue(profiles) ?? [], parsed.GetValue(format) == "json", parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(string file, string[] profiles, bool json, TextWriter output)
    {
        var result = SiteLoader.Load(file, profiles);
        if (json)
            output.WriteLine(JsonSerializer.Serialize(SiteSummary.Of(result), ProblemsJsonContext.Readable.SiteSummary));
        else
            WriteText(file, result, output);
        return result.Config is null ? ExitCode.Problem : ExitCode.Fine;
    }

    private static void WriteText(string file, SiteResult result, TextWriter output)
    {
        foreach (var problem in result.Problems)
            output.WriteLine(ProblemText.Render(problem));
        if (result.Config is not { } site)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}: rejected, {result.Problems.Count(p => p.Severity == Severity.Error)} errors"));
            return;
        }

        var summary = SiteSummary.Of(result);
        output.WriteLine($"site {site.Name}, to {(site.Forward.Type == ForwardType.Http ? site.Forward.To : "kafka " + site.Forward.Address)}");
        foreach (var device in summary.Devices)
            output.WriteLine($"  {device.Name,-24} {device.Profile,-24} {device.Address,-28} {device.Tags,4} tags {Rate(device.ValuesPerSecond),8}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{summary.Devices.Count} devices, {summary.Tags} tags, {summary.ValuesPerSecond:0.##} values a second"));
        foreach (var item in site.NotActedOn)
            output.WriteLine("note: " + NotActedOnText.Render(item));
    }

    private static string Rate(double perSecond) => string.Create(CultureInfo.InvariantCulture, $"{perSecond:0.##}/s");
}

/// <summary>What <c>site check --format json</c> prints.</summary>
internal sealed record SiteSummary(string? Site, IReadOnlyList<DeviceSummary> Devices, int Tags, double ValuesPerSecond, IReadOnlyList<NotActedOn> NotActedOn, IReadOnlyList<Problem> Problems)
{
    public static SiteSummary Of(SiteResult result)
    {
        DeviceSummary[] devices = [.. (result.Config?.Devices ?? []).Select(DeviceSummary.Of)];
        return new(result.Config?.Name, devices, devices.Sum(d => d.Tags), devices.Sum(d => d.ValuesPerSecond), result.Config?.NotActedOn ?? [], result.Problems);
    }
}

/// <summary>One device of a site summary.</summary>
internal sealed record DeviceSummary(string Name, string Profile, string Address, string? Place, int Tags, double ValuesPerSecond)
{
    public static DeviceSummary Of(DeviceSettings device) => new(
        device.Name,
        device.Profile.Id,
        string.Create(CultureInfo.InvariantCulture, $"{device.Host}:{device.Port} unit {device.UnitId}"),
        device.Place,
        device.Profile.Registers.Count(r => !r.Internal),
        Math.Round(device.Profile.Registers.Where(r => !r.Internal && r.Poll.Interval is not null).Sum(r => 1 / r.Poll.Interval.GetValueOrDefault(TimeSpan.FromDays(1)).TotalSeconds), 3));
}
