using System.Text.Json;
using Microsoft.Data.Sqlite;
using Penstock.Contracts;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>Writes events, and gaps into their own table beside.</summary>
internal sealed class EventTable(SqliteConnection connection)
{
    public void Insert(OpenEpoch epoch, Event item, Timestamp committed)
    {
        connection.Run(
            """
            INSERT OR IGNORE INTO events (epoch, seq, ts, event, site, device, json, committed)
            VALUES ($epoch, $seq, $ts, $event, $site, $device, $json, $committed)
            """,
            ("$epoch", epoch.Id), ("$seq", item.Seq), ("$ts", item.Ts.Microseconds), ("$event", item.Kind), ("$site", item.Site),
            ("$device", item.Device), ("$json", JsonSerializer.Serialize(item, ContractsJson.Wire.Event)), ("$committed", committed.Microseconds));
        if (item.Gap is { } gap)
            Insert(epoch, item, gap);
    }

    private void Insert(OpenEpoch epoch, Event item, Gap gap) => connection.Run(
        """
        INSERT OR IGNORE INTO gaps (epoch, seq, ts, site, device, tags, from_ts, to_ts, cause, message, numbers, samples)
        VALUES ($epoch, $seq, $ts, $site, $device, $tags, $from, $to, $cause, $message, $numbers, $samples)
        """,
        ("$epoch", epoch.Id), ("$seq", item.Seq), ("$ts", item.Ts.Microseconds), ("$site", item.Site), ("$device", item.Device),
        ("$tags", gap.Tags is null ? null : JsonSerializer.Serialize(gap.Tags, CentralJson.Wire.IReadOnlyListString)),
        ("$from", gap.From.Microseconds), ("$to", gap.To.Microseconds), ("$cause", gap.Cause), ("$message", item.Message),
        ("$numbers", gap.Numbers is null ? null : JsonSerializer.Serialize(gap.Numbers, CentralJson.Wire.IReadOnlyListSeqRange)),
        ("$samples", gap.Samples));
}
