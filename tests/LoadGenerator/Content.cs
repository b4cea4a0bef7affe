using System.Globalization;
using System.Text;

namespace Penstock.LoadGenerator;

/// <summary>What a number is.</summary>
internal enum ItemKind
{
    Reading,
    /// <summary>An event that names the numbers before it as lost.</summary>
    Gap,
    /// <summary>Named by a gap; never sent.</summary>
    Missing,
}

/// <summary>One number's content.</summary>
internal readonly record struct Item(
    ItemKind Kind, string Device, string? Tag, long Ts, double? Value, string? Text, string Quality, string? Why, long GapFrom, long GapTo);

/// <summary>The content of every number, made anew whenever it is asked for.</summary>
internal sealed class Content(LoadPlan plan)
{
    private const int BlockNumbers = 100;
    private const int GapAt = 40;

    public Item Of(int agent, long seq)
    {
        var ts = plan.StartMicroseconds + (seq * plan.StepMicroseconds);
        var (from, to) = GapNear(agent, seq);
        if (seq >= from && seq <= to)
            return new(ItemKind.Missing, "", null, ts, null, null, "", null, 0, 0);
        var tag = (int)(seq % plan.Tags);
        var device = string.Create(CultureInfo.InvariantCulture, $"a{agent}-d{tag / 10}");
        return seq == to + 1
            ? new(ItemKind.Gap, device, null, ts, null, null, "", null, from, to)
            : Reading(device, string.Create(CultureInfo.InvariantCulture, $"t{tag}"), ts, plan.Mix(agent, seq, 1));
    }

    public byte[] Line(int agent, long seq, in Item item)
    {
        var identity = string.Create(CultureInfo.InvariantCulture, $"\"agent\":\"{plan.Agent(agent)}\",\"epoch\":\"{plan.Epoch(agent)}\",\"seq\":{seq}}}");
        return Encoding.UTF8.GetBytes(item.Kind is ItemKind.Gap ? GapText(agent, item) + identity : ReadingText(item) + identity);
    }

    public byte[] Heartbeat(int agent, long last, long? waiting, DateTimeOffset now)
    {
        var epoch = plan.Epoch(agent);
        var wait = waiting is { } number ? string.Create(CultureInfo.InvariantCulture, $",\"waiting\":{number}") : "";
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"v":1,"agent":"{{plan.Agent(agent)}}","site":"{{LoadPlan.Site}}","ts":"{{Time(now)}}","started":"{{Time(plan.StartMicroseconds)}}","interval_seconds":5,"version":"0","epoch":"{{epoch}}","epochs":[{"epoch":"{{epoch}}","last":{{last}}{{wait}}}],"clock":"synchronised"}"""));
    }

    public static string Time(long microseconds) => Time(DateTimeOffset.UnixEpoch.AddTicks(microseconds * 10));

    private static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static Item Reading(string device, string tag, long ts, ulong bits) => (bits % 20) switch
    {
        0 => new(ItemKind.Reading, device, tag, ts, null, null, "bad", "no answer", 0, 0),
        1 => new(ItemKind.Reading, device, tag, ts, Value(bits), null, "uncertain", "out of range", 0, 0),
        2 => new(ItemKind.Reading, device, tag, ts, bits % 7, $"state {bits % 7} \"öffnen\"", "good", null, 0, 0),
        _ => new(ItemKind.Reading, device, tag, ts, Value(bits), null, "good", null, 0, 0),
    };

    private static double Value(ulong bits) => (long)(bits >> 20) / 4096.0 * ((bits & 32) == 0 ? 1 : -1);

    /// <summary>The numbers that are missing in this number's block; from above to when none are.</summary>
    private (long From, long To) GapNear(int agent, long seq)
    {
        var block = (seq - 1) / BlockNumbers;
        var bits = plan.Mix(agent, block, 2);
        var from = (block * BlockNumbers) + GapAt;
        var to = from + (long)(bits >> 32) % 5;
        return (long)(bits % 1000) < plan.GapsPerMille && to < plan.Records ? (from, to) : (0, -1);
    }

    private static string ReadingText(in Item item)
    {
        var value = item.Value is { } number ? number.ToString("R", CultureInfo.InvariantCulture) : "null";
        var text = item.Text is { } words ? $"\"text\":\"{words.Replace("\"", "\\\"", StringComparison.Ordinal)}\"," : "";
        var why = item.Why is { } reason ? $"\"why\":\"{reason}\"," : "";
        return $"{{\"v\":1,\"site\":\"{LoadPlan.Site}\",\"device\":\"{item.Device}\",\"tag\":\"{item.Tag}\",\"kind\":\"plc\",\"ts\":\"{Time(item.Ts)}\",\"value\":{value},{text}\"unit\":\"V\",\"q\":\"{item.Quality}\",{why}";
    }

    private string GapText(int agent, in Item item) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"v\":1,\"event\":\"gap\",\"site\":\"{LoadPlan.Site}\",\"device\":\"{item.Device}\",\"ts\":\"{Time(item.Ts)}\",\"message\":\"made by the load generator\",\"gap\":{{\"from\":\"{Time(item.Ts - plan.StepMicroseconds)}\",\"to\":\"{Time(item.Ts)}\",\"cause\":\"outbox-damaged\",\"numbers\":[{{\"epoch\":\"{plan.Epoch(agent)}\",\"from\":{item.GapFrom},\"to\":{item.GapTo}}}]}},");
}
