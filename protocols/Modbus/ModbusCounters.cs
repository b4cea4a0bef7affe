using System.Diagnostics.Metrics;

namespace Penstock.Protocols.Modbus;

/// <summary>What is counted of one device.</summary>
public enum ModbusCount
{
    Requests,
    Answers,
    Exceptions,
    NoAnswers,
    /// <summary>Answers to a request that had been given up.</summary>
    LateAnswers,
    /// <summary>Answers with a transaction id that was never given.</summary>
    ForeignAnswers,
    WrongUnit,
    WrongFunction,
    WrongLength,
    /// <summary>Connections dropped because the stream was no Modbus TCP.</summary>
    Desynchronised,
    Connects,
    ConnectFailures,
    ConnectionsLost,
    MissedPolls,
    /// <summary>Values the device says it does not have.</summary>
    UnsupportedValues,
}

/// <summary>Counters of one device since its source was made; also instruments of the meter <c>Penstock.Modbus</c>, by device.</summary>
public sealed class ModbusCounters(string device)
{
    private static readonly Meter Meter = new("Penstock.Modbus");
    private static readonly Counter<long>[] Instruments =
    [
        Meter.CreateCounter<long>("modbus_requests"),
        Meter.CreateCounter<long>("modbus_answers"),
        Meter.CreateCounter<long>("modbus_exceptions"),
        Meter.CreateCounter<long>("modbus_requests_unanswered"),
        Meter.CreateCounter<long>("modbus_answers_late"),
        Meter.CreateCounter<long>("modbus_answers_foreign"),
        Meter.CreateCounter<long>("modbus_answers_wrong_unit"),
        Meter.CreateCounter<long>("modbus_answers_wrong_function"),
        Meter.CreateCounter<long>("modbus_answers_wrong_length"),
        Meter.CreateCounter<long>("modbus_streams_desynchronised"),
        Meter.CreateCounter<long>("modbus_connects"),
        Meter.CreateCounter<long>("modbus_connects_failed"),
        Meter.CreateCounter<long>("modbus_connections_lost"),
        Meter.CreateCounter<long>("modbus_polls_missed"),
        Meter.CreateCounter<long>("modbus_values_unsupported"),
    ];

    private readonly long[] _counts = new long[Instruments.Length];

    public long this[ModbusCount what] => Interlocked.Read(ref _counts[(int)what]);

    internal void Add(ModbusCount what, long count = 1)
    {
        Interlocked.Add(ref _counts[(int)what], count);
        Instruments[(int)what].Add(count, new KeyValuePair<string, object?>("device", device));
    }
}
