using System.Globalization;
using Penstock.EdgeAgent.Data;
using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Site;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Running;

/// <summary>The configuration to run with, and what a person should know of it; or the problems why there is none.</summary>
/// <param name="IsLastGood">True when the site file is wrong and the copy in the data folder is used instead.</param>
internal sealed record Configuration(SiteConfig? Site, IReadOnlyList<string> Notes, IReadOnlyList<Problem> Problems, bool IsLastGood)
{
    /// <summary>Loads the site file; where it is wrong, the last good one of the data folder.</summary>
    public static Configuration Load(string siteFile, IReadOnlyList<string> profileFolders, LastGood lastGood)
    {
        var (site, problems) = LoadRunnable(siteFile, profileFolders);
        if (site is not null)
            return new Configuration(site, NotesOf(site), problems, IsLastGood: false);
        if (lastGood.SiteFile is not { } kept || LoadRunnable(kept, [LastGood.ProfilesBeside(kept)]).Site is not { } last)
            return new Configuration(null, [], problems, IsLastGood: false);
        var first = problems.First(problem => problem.Severity == Severity.Error);
        var since = new DateTimeOffset(File.GetLastWriteTimeUtc(kept)).ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
        var note = $"the site file {siteFile} is wrong ({first}); running with the last good configuration of {since}. Repair it, check it with 'penstock site check', and restart";
        return new Configuration(last, [note, .. NotesOf(last)], problems, IsLastGood: true);
    }

    /// <summary>Both sides of the choice of storage.</summary>
    public static string StorageNote(OutboxOptions options, bool chosenByMedium) =>
        (options.Storage == StorageMode.Ssd
            ? "storage: ssd. Records reach the disk within 250 ms; a power cut costs at most that. Every group is written and synced, which wears an SD card; 'storage: card' would write almost nothing while the link is up, and risk up to 5 s of records."
            : "storage: card. With a healthy link almost nothing is written to the medium; a power cut costs at most 5 s of records that could not be sent. 'storage: ssd' would risk 250 ms and write every group.")
        + (chosenByMedium ? " Chosen by the medium; 'storage:' in the site file decides otherwise." : "");

    private static (SiteConfig? Site, IReadOnlyList<Problem> Problems) LoadRunnable(string siteFile, IReadOnlyList<string> profileFolders)
    {
        var (site, problems) = SiteLoader.Load(siteFile, profileFolders);
        var missing = site is null ? [] : NotRunnable(site, siteFile).ToList();
        return missing.Count == 0 ? (site, problems) : (null, [.. problems, .. missing]);
    }

    private static IEnumerable<Problem> NotRunnable(SiteConfig site, string siteFile)
    {
        if (site.Devices.Count == 0)
            yield return Problem.OfFile(siteFile, "R02", "the site has no devices", "name at least one device under  devices:");
        foreach (var device in site.Devices.Where(device => Sources.Protocols.Find(device.Profile.Kind) is null))
            yield return Problem.OfFile(siteFile, "R03", $"device {device.Name}: this version does not read profiles of kind {device.Profile.Kind}", "use a profile of kind modbus, or a later version");
    }

    private static List<string> NotesOf(SiteConfig site)
    {
        List<string> notes = [.. site.NotActedOn.Select(item => $"{item.Count} {item.What} loaded, not evaluated in this version")];
        if (site.SimulateInstead.Count > 0)
            notes.Add($"simulate_instead names {string.Join(", ", site.SimulateInstead)}: left out, neither read nor played; 'penstock profile sim --site' plays devices outside the agent");
        return notes;
    }
}
