using System.Globalization;
using System.Text.Json;
using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Transfer;

/// <summary>One record as one line of a file, and back.</summary>
internal static class HistoryLines
{
    public static readonly string[] ReadingHead =
        ["site", "device", "tag", "kind", "ts", "value", "text", "unit", "q", "why", "clock", "late", "agent", "epoch", "seq", "extra"];

    public static readonly string[] TagHead = ["site", "device", "tag", "info"];

    public static readonly string[] EventHead = ["agent", "epoch", "seq", "event"];

    public static readonly string[] LedgerHead = ["agent", "epoch", "from", "to", "state"];

    private const string Removed = "removed";

    public static void Write(TextWriter output, Reading r) => Csv.Write(
        output, r.Site, r.Device, r.Tag, r.Kind, r.Ts.ToString(), r.Value?.ToString("R", CultureInfo.InvariantCulture), r.Text, r.Unit, Number((int)r.Q), r.Why,
        Number((int)r.Clock), r.Late ? "1" : "0", r.Agent, r.Epoch, Number(r.Seq),
        UnknownFields.Json(r));

    public static void Write(TextWriter output, Event e) =>
        Csv.Write(output, e.Agent, e.Epoch, Number(e.Seq), JsonSerializer.Serialize(e, ContractsJson.Wire.Event));

    public static void Write(TextWriter output, TagKey key, TagInfo? info) =>
        Csv.Write(output, key.Site, key.Device, key.Tag, info is null ? null : JsonSerializer.Serialize(info, ContractsJson.Wire.TagInfo));

    public static void Write(TextWriter output, EpochNumbers epoch)
    {
        foreach (var range in epoch.Ranges)
            Csv.Write(output, epoch.Agent, epoch.Epoch, Number(range.From), Number(range.To), range.State.ToString().ToLowerInvariant());
        if (epoch.Removed > 0)
            Csv.Write(output, epoch.Agent, epoch.Epoch, null, Number(epoch.Removed), Removed);
    }

    public static Reading ReadReading(IReadOnlyList<string?> f) => new()
    {
        Site = f[0] ?? "",
        Device = f[1] ?? "",
        Tag = f[2] ?? "",
        Kind = f[3] ?? "",
        Ts = Timestamp.Parse(f[4] ?? ""),
        Value = f[5] is { } value ? double.Parse(value, CultureInfo.InvariantCulture) : null,
        Text = f[6],
        Unit = f[7],
        Q = (Quality)Number(f[8]),
        Why = f[9],
        Clock = (ClockState)Number(f[10]),
        Late = f[11] == "1",
        Agent = f[12] ?? "",
        Epoch = f[13] ?? "",
        Seq = Number(f[14]),
        Unknown = f[15] is { } extra ? JsonSerializer.Deserialize(extra, CentralJson.Wire.DictionaryStringJsonElement) : null,
    };

    public static Event ReadEvent(IReadOnlyList<string?> f) =>
        JsonSerializer.Deserialize(f[3] ?? "", ContractsJson.Wire.Event) ?? throw new FormatException("the event is null");

    public static TagInfo? ReadTag(IReadOnlyList<string?> f) => f[3] is { } info ? JsonSerializer.Deserialize(info, ContractsJson.Wire.TagInfo) : null;

    /// <summary>One line of the ledger as an epoch of its own; lines of one epoch add up.</summary>
    public static EpochNumbers ReadLedger(IReadOnlyList<string?> f) => f[4] == Removed
        ? new(f[0] ?? "", f[1] ?? "", [], Number(f[3]))
        : new(f[0] ?? "", f[1] ?? "", [new(Number(f[2]), Number(f[3]), Enum.Parse<LedgerState>(f[4] ?? "", ignoreCase: true))], 0);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static long Number(string? value) => long.Parse(value ?? "", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
