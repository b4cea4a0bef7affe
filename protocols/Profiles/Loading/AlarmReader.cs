using System.Globalization;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>Reads alarm limits for their shape (L01, Q01) and counts them: this version does not evaluate them.</summary>
public static class AlarmReader
{
    public const string Counted = "alarm limits";

    private static readonly string[] Limits = ["lolo", "lo", "hi", "hihi"];

    private static readonly Dictionary<string, int> Priorities = new() { ["low"] = 0, ["medium"] = 1, ["high"] = 2, ["urgent"] = 3 };

    internal static void Read(MapReader register, FileContext context, ValueRange? valid)
    {
        if (register.Block("alarm", "an alarm") is { } single)
            ReadSingle(single, context);
        if (register.Block("alarms", "the alarms") is { } alarms)
            ReadLimits(alarms, context.NotActedOn, valid);
    }

    private static void ReadSingle(MapReader alarm, FileContext context)
    {
        alarm.Required("when", "true");
        ReadCommon(alarm);
        alarm.Done();
        context.NotActedOn.Add(Counted);
    }

    /// <summary>Also for the alarms of a site override.</summary>
    public static void ReadLimits(MapReader alarms, NotActedOnCounter counter, ValueRange? valid)
    {
        var deadband = alarms.Number("deadband") ?? 0;
        alarms.Allow("text");
        var previous = (Name: "", Value: double.NegativeInfinity);
        foreach (var name in Limits)
        {
            if (alarms.Block(name, $"the alarm {name}") is not { } limit)
                continue;
            counter.Add(Counted);
            if (ReadLimit(limit, name, valid) is not { } value)
                continue;
            CheckOrder(limit, name, value, previous, deadband);
            previous = (name, value);
        }

        alarms.Done();
    }

    private static double? ReadLimit(MapReader limit, string name, ValueRange? valid)
    {
        var key = name.StartsWith('h') ? "above" : "below";
        ReadCommon(limit);
        if (!limit.Has(key) && !limit.Has("disabled"))
            limit.Error(Codes.MissingKey, limit.Map.At, $"{limit.What} has no limit", $"add  {key}: 80");
        limit.Allow("disabled", "reason");
        var value = limit.Number(key);
        limit.Done();
        if (value is { } v && valid is not null && !valid.Contains(v))
            limit.Error(Codes.Range, limit.At(key), $"the limit {Text(v)} lies outside valid_range {Text(valid.Low)} to {Text(valid.High)}: it can never be reached", "correct the limit or the range.");
        return value;
    }

    private static void ReadCommon(MapReader alarm)
    {
        alarm.Choice("priority", Priorities, Codes.AlarmOrder);
        alarm.Duration("after", TimeSpan.Zero, TimeSpan.FromDays(1), Codes.AlarmOrder);
        alarm.Duration("clear_after", TimeSpan.Zero, TimeSpan.FromDays(1), Codes.AlarmOrder);
        alarm.Allow("text");
    }

    private static void CheckOrder(MapReader limit, string name, double value, (string Name, double Value) previous, double deadband)
    {
        if (value <= previous.Value)
            limit.Error(Codes.AlarmOrder, limit.Map.At, $"alarm {name} ({Text(value)}) is not above {previous.Name} ({Text(previous.Value)})", "the order is lolo < lo < hi < hihi.");
        else if (double.IsFinite(previous.Value) && deadband >= value - previous.Value)
            limit.Error(Codes.AlarmOrder, limit.Map.At, $"the dead-band {Text(deadband)} is as wide as the distance of {previous.Name} and {name}", "make it smaller than the distance of two limits.");
    }

    private static string Text(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
