using System.Globalization;
using System.Text;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Status;

/// <summary>
/// The status page as lines of text, at most <paramref name="width"/> characters wide. What is not normal carries a mark
/// and a word; colour only repeats them.
/// </summary>
internal sealed class WatchText(int width, bool colour)
{
    private const string Red = "\e[31m";
    private const string Yellow = "\e[33m";
    private const string Bold = "\e[1m";
    private const string Plain = "\e[0m";
    private const int WidestName = 28;
    private const int ValueColumn = 16;
    private const int AgeColumn = 8;

    private readonly StringBuilder _text = new();

    public static string Of(StatusView view, int width, bool colour)
    {
        var text = new WatchText(Math.Max(40, width), colour);
        text.First(view);
        text.Facts(view);
        foreach (var device in view.Heartbeat.Devices)
            text.Device(device, [.. view.Tags.Where(tag => tag.Device == device.Name)], view.Now);
        foreach (var note in view.Heartbeat.Notes)
            text.Line($"Note: {note}");
        return text._text.ToString();
    }

    private void First(StatusView view)
    {
        var beat = view.Heartbeat;
        if (view.Findings.Count == 0)
            Line($"● {beat.Site}: all normal, {Spans.Count(beat.Devices.Count, "device")}, {Spans.Count(view.Tags.Count, "tag")}", Bold);
        else
            Line($"✖ {beat.Site}: {view.Findings.Count} not normal", Bold + ColourOf(view.Findings[0].Level));
        foreach (var finding in view.Findings)
            Line($"  {(finding.Level == FindingLevel.Bad ? "✖" : "▲")} {finding.Text}", ColourOf(finding.Level));
        Line("");
    }

    private void Facts(StatusView view)
    {
        var (beat, box, link) = (view.Heartbeat, view.Heartbeat.Outbox, view.Heartbeat.Link);
        var lag = link.LagSeconds is { } seconds ? Spans.Short(TimeSpan.FromSeconds(seconds)) : "not known yet";
        var room = box.HoursLeft is { } hours ? $"room for {Spans.Hours(hours)} without link" : "room not known yet";
        var oldest = box is { Oldest: { } ts, Records: > 0 } ? $", oldest {Spans.Short(view.Now - ts)}" : "";
        Line($"link        {(link.Up ? "up" : "down")} to {link.To}, lag {lag}, backlog {Number(link.BacklogRate)} records/s");
        Line($"outbox      {box.Records} records wait{oldest}; {Megabytes(box.Bytes)} of {Megabytes(box.CapBytes)} MB; {room}");
        var unconfirmed = link.Unconfirmed is > 0 and var waiting ? $", {waiting} records sent and not confirmed" : "";
        Line($"durability  {link.Durability}{unconfirmed}; storage {box.Storage}, {Megabytes(box.BytesPerHour)} MB and {box.SyncsPerHour} syncs an hour");
        Line($"agent       {beat.Agent}, version {beat.Version}, running {Spans.Short(view.Now - beat.Started)}, clock {Wire(beat.Clock)}");
        Line($"files       {view.SiteFile} -> {view.DataFolder}");
    }

    private void Device(DeviceState device, IReadOnlyList<TagSnapshot> tags, Timestamp now)
    {
        var mark = device.State switch { "good" => "●", "bad" => "✖", _ => "○" };
        var since = device.Since is { } moment ? $" since {moment.ToString()[11..19]} UTC ({Spans.Short(now - moment)})" : "";
        var why = device.Why is null ? "" : $": {device.Why}";
        Line("");
        Line($"{mark} {device.Name}  {device.State}{since}{why}  {device.Address}  {device.Profile}".TrimEnd(), device.State == "bad" ? Red : Bold);

        var name = Math.Clamp(tags.Select(tag => tag.Tag.Length).DefaultIfEmpty().Max(), 8, WidestName);
        foreach (var tag in tags)
            Tag(tag, name, now);
    }

    private void Tag(TagSnapshot tag, int name, Timestamp now)
    {
        var stale = tag.Q != Quality.Bad && Findings.IsStale(tag, now);
        var (mark, word) = stale ? ("◌", "stale") : tag.Q switch { Quality.Good => ("●", "good"), Quality.Uncertain => ("▲", "uncertain"), _ => ("✖", "bad") };
        var value = tag.Text ?? (tag.Value is { } number ? $"{Number(number)} {tag.Unit}".TrimEnd() : "-");
        var age = tag.Ts is { } ts ? Spans.Short(now - ts) : "never";
        var why = tag.Why is null ? "" : $": {tag.Why}";
        Line(
            Cut($"  {mark} {Cut(tag.Tag, name).PadRight(name)} {value,ValueColumn} {age,AgeColumn}  {word}{why}  {tag.Raw}".TrimEnd(), width),
            stale || tag.Q == Quality.Uncertain ? Yellow : tag.Q == Quality.Bad ? Red : "");
    }

    /// <summary>A text that is too long goes on in the next line, a little further in.</summary>
    private void Line(string text, string style = "")
    {
        var rest = Printable(text);
        var indent = rest.Length - rest.TrimStart().Length + 4;
        while (rest.Length > width)
        {
            var space = rest.LastIndexOf(' ', width);
            var end = space > indent ? space : width;
            Styled(rest[..end].TrimEnd(), style);
            rest = new string(' ', indent) + rest[end..].TrimStart();
        }

        Styled(rest, style);
    }

    private void Styled(string text, string style) => _text.Append(colour && style.Length > 0 ? style + text + Plain : text).Append('\n');

    // What a device or a remote page says must not steer the terminal.
    private static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;

    private static string Cut(string text, int room) => text.Length <= room ? text : text[..(room - 1)] + "…";

    private static string ColourOf(FindingLevel level) => level == FindingLevel.Bad ? Red : Yellow;

    private static string Number(double number) => number.ToString("G15", CultureInfo.InvariantCulture);

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Wire(ClockState clock) => clock.ToString().ToLowerInvariant();
}
