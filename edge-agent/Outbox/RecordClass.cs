using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>What a record is worth when not all can be kept: the smaller, the longer it stays.</summary>
public enum RecordClass : byte
{
    /// <summary>Alarms and events.</summary>
    Event = 1,
    /// <summary>Booleans, enumerations and texts.</summary>
    State = 2,
    /// <summary>Numbers.</summary>
    Trend = 3,
}

/// <summary>The class of a record of which no tag definition is at hand.</summary>
internal static class RecordClasses
{
    public static RecordClass Of(Reading reading) => reading.Text is null ? RecordClass.Trend : RecordClass.State;

    /// <summary>For lines of a format version that did not say it.</summary>
    public static RecordClass Of(ReadOnlySpan<byte> line) =>
        RecordCodec.IsEvent(line) ? RecordClass.Event
        : line.IndexOf("\"text\":"u8) >= 0 ? RecordClass.State
        : RecordClass.Trend;
}
