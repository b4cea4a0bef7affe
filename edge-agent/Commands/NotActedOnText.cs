using System.Globalization;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Commands;

/// <summary>One sentence for what files say and this version does not act on: for lint, site check and every start.</summary>
internal static class NotActedOnText
{
    public static string Render(IReadOnlyList<NotActedOn> items) => string.Join("; ", items.Select(Render));

    public static string Render(NotActedOn item) =>
        string.Create(CultureInfo.InvariantCulture, $"{item.Count} {Singular(item)} loaded, not {Verb(item.What)} in this version");

    private static string Singular(NotActedOn item) => item.Count == 1 && item.What.EndsWith('s') ? item.What[..^1] : item.What;

    private static string Verb(string what) => what == "alarm limits" ? "evaluated" : "acted on";
}
