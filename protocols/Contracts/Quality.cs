using System.Text.Json.Serialization;

namespace Penstock.Contracts;

/// <summary>How far a value can be trusted; the three severities of OPC UA Part 8, worst last.</summary>
[JsonConverter(typeof(QualityConverter))]
public enum Quality
{
    Good,
    Uncertain,
    Bad,
}

/// <summary>Whether the clock that made a time stamp was right. <see cref="Synchronised"/> is written by leaving the field out.</summary>
[JsonConverter(typeof(ClockStateConverter))]
public enum ClockState
{
    Synchronised,
    /// <summary>Was synchronised; the time source has been away since.</summary>
    Holdover,
    /// <summary>Never synchronised since the start.</summary>
    Unsynced,
    /// <summary>Was stepped shortly before this stamp.</summary>
    Stepped,
}

/// <summary>The values of a record's <c>kind</c>.</summary>
public static class Kinds
{
    public const string Plc = "plc";
    public const string Sensor = "sensor";
    public const string Camera = "camera";
    public const string Weather = "weather";
    public const string Market = "market";
    public const string Agent = "agent";

    public static IReadOnlyList<string> All { get; } = [Plc, Sensor, Camera, Weather, Market, Agent];
}
