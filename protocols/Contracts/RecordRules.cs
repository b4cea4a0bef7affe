namespace Penstock.Contracts;

/// <summary>What makes a record acceptable. Every method returns null, or the reason of refusal.</summary>
public static class RecordRules
{
    public static string? Check(Reading r) =>
        CheckVersion(r.V)
        ?? CheckName("site", r.Site)
        ?? CheckName("device", r.Device)
        ?? CheckName("tag", r.Tag)
        ?? CheckKind(r.Kind)
        ?? CheckTime("ts", r.Ts)
        ?? CheckIdentity(r.Agent, r.Epoch, r.Seq)
        ?? CheckQuality(r);

    public static string? Check(Event e) =>
        CheckVersion(e.V)
        ?? CheckName("event", e.Kind)
        ?? CheckName("site", e.Site)
        ?? (e.Device is null ? null : CheckName("device", e.Device))
        ?? CheckTime("ts", e.Ts)
        ?? CheckIdentity(e.Agent, e.Epoch, e.Seq)
        ?? CheckGap(e)
        ?? CheckOffset(e);

    public static string? Check(TagInfo t) =>
        CheckVersion(t.V)
        ?? CheckName("site", t.Site)
        ?? CheckName("device", t.Device)
        ?? CheckName("tag", t.Tag)
        ?? CheckKind(t.Kind)
        ?? CheckType(t.Type)
        ?? CheckTime("ts", t.Ts);

    public static string? Check(Heartbeat h) =>
        CheckVersion(h.V)
        ?? CheckName("site", h.Site)
        ?? CheckName("agent", h.Agent)
        ?? CheckName("epoch", h.Epoch)
        ?? CheckTime("ts", h.Ts)
        ?? CheckTime("started", h.Started)
        ?? (h.IntervalSeconds is > 0 and < 86_400 ? null : "interval_seconds must lie above 0 and below 86400")
        ?? (h.Devices.Any(device => device is null) ? "devices has an empty entry" : null)
        ?? (h.Epochs.Any(epoch => epoch is null) ? "epochs has an empty entry" : null)
        ?? (h.Notes.Any(note => note is null) ? "notes has an empty entry" : null);

    public static string? Check(Confirmation c) =>
        CheckVersion(c.V)
        ?? CheckName("agent", c.Agent)
        ?? CheckTime("ts", c.Ts)
        ?? c.Numbers.Select(range => CheckRange("numbers", range)).FirstOrDefault(reason => reason is not null)
        ?? c.Refused?.Select(range => CheckRange("refused", range)).FirstOrDefault(reason => reason is not null);

    private static string? CheckVersion(int v) => v switch
    {
        RecordCodec.Version => null,
        0 => "v is missing or 0",
        _ => $"v is {v}; this version reads v {RecordCodec.Version}",
    };

    private static string? CheckName(string field, string? name) =>
        Names.IsValid(name) ? null
        : string.IsNullOrEmpty(name) ? $"{field} is missing"
        : $"{field} '{Shown(name)}' is not allowed; use 1 to {Names.MaxLength} lower-case letters, digits, '-', '_', '.', for example '{Names.Repair(name)}'";

    private static string? CheckKind(string? kind) =>
        kind is not null && Kinds.All.Contains(kind) ? null : $"kind '{Shown(kind ?? "")}' is unknown; use one of {string.Join(", ", Kinds.All)}";

    private static string? CheckType(string? type) =>
        type is "number" or "bool" or "enum" or "text" ? null : $"type '{Shown(type ?? "")}' is unknown; use one of number, bool, enum, text";

    private static string? CheckTime(string field, Timestamp ts) =>
        ts.IsValid ? null : $"{field} lies outside the years 0001 to 9999";

    private static string? CheckIdentity(string agent, string epoch, long seq) =>
        CheckName("agent", agent)
        ?? CheckName("epoch", epoch)
        ?? (seq < 1 ? $"seq is {seq}; numbers begin at 1" : null);

    // A refusal goes into a log line and back over the wire: a wrong name of a megabyte must not.
    private static string Shown(string name) => name.Length <= Names.MaxLength ? name : name[..Names.MaxLength] + "...";

    private static string? CheckQuality(Reading r) =>
        r.Q != Quality.Good && string.IsNullOrEmpty(r.Why) ? "why is missing; a quality that is not good needs a reason"
        : r.Value is { } value && !double.IsFinite(value) ? "value is not finite; write null with q bad"
        : null;

    private static string? CheckGap(Event e)
    {
        if (e.Gap is not { } gap)
            return e.Kind == EventKinds.Gap ? "gap is missing in an event of kind gap" : null;

        return CheckTime("gap.from", gap.From)
            ?? CheckTime("gap.to", gap.To)
            ?? CheckName("gap.cause", gap.Cause)
            ?? (gap.To < gap.From ? "gap ends before it begins" : null)
            ?? (gap.Samples < 0 ? $"gap.samples is {gap.Samples}; a count is not negative" : null)
            ?? gap.Tags?.Select(tag => CheckName("gap.tags", tag)).FirstOrDefault(reason => reason is not null)
            ?? gap.Numbers?.Select(range => CheckRange("gap.numbers", range)).FirstOrDefault(reason => reason is not null)
            ?? gap.Thinned?.Select(CheckThinned).FirstOrDefault(reason => reason is not null);
    }

    private static string? CheckThinned(ThinnedTag? thinned) =>
        thinned is null ? "gap.thinned has an empty entry"
        : CheckName("gap.thinned.device", thinned.Device)
        ?? CheckName("gap.thinned.tag", thinned.Tag)
        ?? (thinned.Count < 1 ? $"gap.thinned has the impossible count {thinned.Count}" : null)
        ?? (double.IsFinite(thinned.Mean) ? null : "gap.thinned has a mean that is not finite");

    private static string? CheckOffset(Event e)
    {
        if (e.Offset is not { } offset)
            return e.Kind == EventKinds.ClockOffset ? "offset is missing in an event of kind clock-offset" : null;

        return (double.IsFinite(offset.Seconds) ? null : "offset.seconds is not finite")
            ?? offset.Numbers?.Select(range => CheckRange("offset.numbers", range)).FirstOrDefault(reason => reason is not null);
    }

    private static string? CheckRange(string field, SeqRange? range) =>
        range is null ? $"{field} has an empty entry"
        : CheckName($"{field}.epoch", range.Epoch)
        ?? (range.From < 1 || range.To < range.From ? $"{field} has the impossible range {range.From} to {range.To} of epoch '{range.Epoch}'" : null);
}
