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
        ?? CheckTime(r.Ts)
        ?? CheckIdentity(r.Agent, r.Epoch, r.Seq)
        ?? CheckQuality(r);

    public static string? Check(Event e) =>
        CheckVersion(e.V)
        ?? (Names.IsValid(e.Kind) ? null : $"event '{e.Kind}' is not a name; use lower-case letters, digits, '-', '_', '.'")
        ?? CheckName("site", e.Site)
        ?? (e.Device is null ? null : CheckName("device", e.Device))
        ?? CheckTime(e.Ts)
        ?? CheckIdentity(e.Agent, e.Epoch, e.Seq)
        ?? CheckGap(e);

    public static string? Check(TagInfo t) =>
        CheckVersion(t.V)
        ?? CheckName("site", t.Site)
        ?? CheckName("device", t.Device)
        ?? CheckName("tag", t.Tag)
        ?? CheckKind(t.Kind)
        ?? CheckTime(t.Ts);

    public static string? Check(Heartbeat h) =>
        CheckVersion(h.V)
        ?? CheckName("site", h.Site)
        ?? CheckName("agent", h.Agent)
        ?? CheckTime(h.Ts)
        ?? (h.IntervalSeconds is > 0 and < 86_400 ? null : "interval_seconds must lie above 0 and below 86400");

    private static string? CheckVersion(int v) =>
        v == RecordCodec.Version ? null : $"v is {v}; this version reads v {RecordCodec.Version}";

    private static string? CheckName(string field, string? name) =>
        Names.IsValid(name)
            ? null
            : $"{field} '{name}' is not allowed; use 1 to {Names.MaxLength} lower-case letters, digits, '-', '_', '.', for example '{Names.Repair(name ?? "")}'";

    private static string? CheckKind(string? kind) =>
        kind is not null && Kinds.All.Contains(kind) ? null : $"kind '{kind}' is unknown; use one of {string.Join(", ", Kinds.All)}";

    private static string? CheckTime(Timestamp ts) =>
        ts.IsValid ? null : "ts lies outside the years 0001 to 9999";

    private static string? CheckIdentity(string agent, string epoch, long seq) =>
        !Names.IsValid(agent) ? $"agent '{agent}' is not a name"
        : !Names.IsValid(epoch) ? $"epoch '{epoch}' is not a name"
        : seq < 1 ? $"seq is {seq}; numbers begin at 1"
        : null;

    private static string? CheckQuality(Reading r) =>
        r.Q != Quality.Good && string.IsNullOrEmpty(r.Why) ? "why is missing; a quality that is not good needs a reason"
        : r.Value is { } value && !double.IsFinite(value) ? "value is not finite; write null with q bad"
        : null;

    private static string? CheckGap(Event e) =>
        e.Kind == EventKinds.Gap && e.Gap is null ? "gap is missing in an event of kind gap"
        : e.Gap is { } gap && gap.To < gap.From ? "gap ends before it begins"
        : e.Gap?.Numbers?.FirstOrDefault(range => range.From < 1 || range.To < range.From || !Names.IsValid(range.Epoch)) is { } bad
            ? $"gap has the impossible range {bad.From} to {bad.To} of epoch '{bad.Epoch}'"
        : null;
}
