using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>A <c>report:</c> block before the range of the tag is known: a dead-band may be a share of the normal range.</summary>
public sealed record ReportText(double Deadband, bool IsPercent, TimeSpan AtLeastEvery)
{
    /// <summary>Used where a report block leaves <c>at_least_every</c> out: 5 minutes.</summary>
    public static TimeSpan DefaultHeartbeat { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Null when the key is missing.</summary>
    public static ReportText? Read(MapReader parent)
    {
        if (parent.Block("report", "a report rule") is not { } reader)
            return null;
        var every = reader.Duration("at_least_every", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)) ?? DefaultHeartbeat;
        var text = reader.Text("deadband") ?? "0";
        reader.Done();
        var percent = text.EndsWith('%');
        if (Scalars.TryNumber(percent ? text[..^1].TrimEnd() : text, out var deadband) && deadband >= 0)
            return new(deadband, percent, every);
        reader.Error(Codes.WrongValue, reader.At("deadband"), $"\"deadband\" has to be a number from 0, or a share as 2%, not \"{text}\"", "write  deadband: 0.5  in the unit of the tag, or  deadband: 2%  of its normal_range.");
        return null;
    }

    /// <summary>The rule in engineering units; reports a share without a range to take it from.</summary>
    public ReportRule? Resolve(MapReader reader, ValueRange? normal)
    {
        if (!IsPercent)
            return new(Deadband, AtLeastEvery);
        if (normal is not null)
            return new((normal.High - normal.Low) * Deadband / 100, AtLeastEvery);
        reader.Error(Codes.MissingKey, reader.At("report"), "a dead-band in % needs a normal_range", "add  normal_range: [low, high]  or write the dead-band in the unit of the tag.");
        return null;
    }
}
