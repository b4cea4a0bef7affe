using Xunit;

namespace Penstock.UnitTests.Contracts;

/// <summary>Records that must not pass: what is wrong with them, their bytes, and words of the reason that is given.</summary>
internal static class RefusedRecords
{
    /// <summary>Kind, JSON, words of the reason.</summary>
    public static IEnumerable<(string Kind, string Json, string Reason)> All =>
    [
        .. Readings.Select(change => ("reading", Change(Samples.PlainJson, change.Old, change.New), change.Reason)),
        .. Events.Select(change => ("event", Change(Samples.GapEventJson, change.Old, change.New), change.Reason)),
        .. Thinned.Select(change => ("event", Change(Samples.ThinnedEventJson, change.Old, change.New), change.Reason)),
        .. Offsets.Select(change => ("event", Change(Samples.OffsetEventJson, change.Old, change.New), change.Reason)),
        .. Tags.Select(change => ("tag-info", Change(Samples.TagJson, change.Old, change.New), change.Reason)),
        .. Confirmations.Select(change => ("confirmation", Change(Samples.ConfirmedJson, change.Old, change.New), change.Reason)),
        .. Beats.Select(change => ("heartbeat", Change(Samples.BeatJson, change.Old, change.New), change.Reason)),
    ];

    private static (string Old, string New, string Reason)[] Readings =>
    [
        ("\"v\":1", "\"v\":2", "v is 2; this version reads v 1"),
        ("\"v\":1", "\"v\":\"1\"", "v must be a whole number, not string"),
        ("north", "North", "site 'North' is not allowed; use 1 to 64 lower-case letters, digits, '-', '_', '.', for example 'north'"),
        ("meter-1", "meter 1", "for example 'meter-1'"),
        ("meter-1", "meter/1", "device 'meter/1' is not allowed"),
        ("voltage_l1", "spänning", "tag 'spänning' is not allowed"),
        ("voltage_l1", "", "tag is missing"),
        ("voltage_l1", new string('a', 65), "tag 'aaaa"),
        ("\"plc\"", "\"PLC\"", "kind 'PLC' is unknown; use one of plc, sensor"),
        ("2026-01-31T12:00:00.123456Z", "yesterday", "ts must be RFC 3339"),
        ("2026-01-31T12:00:00.123456Z", "2026-01-31 12:00:00Z", "ts must be RFC 3339"),
        ("\"2026-01-31T12:00:00.123456Z\"", "1769860800", "ts must be RFC 3339"),
        ("230.1", "\"230.1\"", "value must be a number or null, not string"),
        ("230.1", "true", "value must be a number or null"),
        ("\"good\"", "\"GOOD\"", "q must be good, uncertain or bad"),
        ("\"good\"", "0", "q must be good, uncertain or bad"),
        ("\"good\"", "\"bad\"", "why is missing"),
        ("\"good\"", "\"uncertain\",\"why\":\"\"", "why is missing"),
        ("\"a1\"", "null", "agent must be text, not null"),
        ("\"e1\"", "\"E1\"", "epoch 'E1' is not allowed"),
        ("\"seq\":7", "\"seq\":0", "seq is 0; numbers begin at 1"),
        ("\"seq\":7", "\"seq\":-7", "seq must be a whole number"),
        ("\"seq\":7", "\"seq\":7.5", "seq must be a whole number"),
        ("\"seq\":7", "\"seq\":7,\"late\":1", "late must be true or false"),
        ("\"seq\":7", "\"seq\":7,\"clock\":\"sundial\"", "clock must be synchronised, holdover, unsynced or stepped"),
        ("\"unit\":\"V\"", "\"unit\":5", "unit must be text, not number"),
    ];

    private static (string Old, string New, string Reason)[] Confirmations =>
    [
        ("\"v\":1", "\"v\":2", "v is 2; this version reads v 1"),
        ("\"a1\"", "\"A 1\"", "agent 'A 1' is not allowed"),
        ("\"e0\"", "\"\"", "numbers.epoch is missing"),
        ("\"from\":11", "\"from\":0", "numbers has the impossible range 0 to 20 of epoch 'e0'"),
        ("\"from\":3", "\"from\":0", "refused has the impossible range 0 to 3 of epoch 'e1'"),
    ];

    private static (string Old, string New, string Reason)[] Events =>
    [
        ("\"event\":\"gap\"", "\"event\":\"\"", "event is missing"),
        ("\"event\":\"gap\"", "\"event\":\"Gap!\"", "event 'Gap!' is not allowed"),
        ("\"site\":\"north\"", "\"site\":null", "site"),
        ("\"site\":\"north\"", "\"site\":\"north\",\"device\":\"a b\"", "device 'a b' is not allowed"),
        ("\"gap\":{", "\"gone\":{", "gap is missing in an event of kind gap"),
        ("unclean-stop", "", "gap.cause is missing"),
        ("voltage_l1", "VOLTAGE", "gap.tags 'VOLTAGE' is not allowed"),
        ("\"from\":11", "\"from\":0", "impossible range 0 to 20 of epoch 'e0'"),
        ("\"samples\":4", "\"samples\":-4", "gap.samples is -4"),
        ("\"stepped\"", "\"Stepped\"", "clock"),
        ("\"late\":true", "\"late\":\"yes\"", "late"),
        ("\"seq\":1", "\"seq\":0", "seq is 0; numbers begin at 1"),
    ];

    private static (string Old, string New, string Reason)[] Thinned =>
    [
        ("\"meter-1\"", "\"Meter\"", "gap.thinned.device 'Meter' is not allowed"),
        ("\"voltage_l1\"", "\"\"", "gap.thinned.tag is missing"),
        ("\"count\":10", "\"count\":0", "gap.thinned has the impossible count 0"),
        ("230.25", "\"230\"", "mean"),
    ];

    private static (string Old, string New, string Reason)[] Offsets =>
    [
        ("\"offset\":{", "\"set\":{", "offset is missing in an event of kind clock-offset"),
        ("\"from\":1", "\"from\":0", "offset.numbers has the impossible range 0 to 3"),
        ("-7200.5", "\"a\"", "seconds"),
    ];

    private static (string Old, string New, string Reason)[] Tags =>
    [
        ("\"type\":\"number\"", "\"type\":\"blob\"", "type 'blob' is unknown; use one of number, bool, enum, text"),
        ("\"tag\":\"energy\"", "\"tag\":\"Energy\"", "tag 'Energy' is not allowed"),
        ("\"kind\":\"plc\"", "\"kind\":\"valve\"", "kind 'valve' is unknown"),
        ("\"valid_low\":0", "\"valid_low\":\"0\"", "valid_low"),
        ("\"counter\":true", "\"counter\":1", "counter"),
    ];

    private static (string Old, string New, string Reason)[] Beats =>
    [
        ("\"interval_seconds\":5", "\"interval_seconds\":-5", "interval_seconds must lie above 0 and below 86400"),
        ("\"agent\":\"a1\"", "\"agent\":\"A1\"", "agent 'A1' is not allowed"),
        ("\"epoch\":\"e1\",\"epochs\"", "\"epoch\":\"\",\"epochs\"", "epoch is missing"),
        ("\"clock\":\"unsynced\"", "\"clock\":\"fine\"", "clock"),
        ("\"devices\":[", "\"devices\":[null,", "devices has an empty entry"),
        ("\"outbox\":{", "\"outbox\":null,\"old\":{", "outbox"),
    ];

    private static string Change(string json, string old, string @new)
    {
        var changed = json.Replace(old, @new, StringComparison.Ordinal);
        Assert.NotEqual(json, changed);
        return changed;
    }
}
