namespace Penstock.Protocols.Modbus;

/// <summary>Exception codes of Modbus (Application Protocol V1.1b3, section 7).</summary>
public enum ExceptionCode : byte
{
    None = 0,
    IllegalFunction = 1,
    IllegalAddress = 2,
    IllegalValue = 3,
    DeviceFailure = 4,
    Acknowledge = 5,
    Busy = 6,
    MemoryParity = 8,
    GatewayPathUnavailable = 10,
    GatewayTargetSilent = 11,
}

/// <summary>Exception codes in words.</summary>
public static class ExceptionCodes
{
    /// <summary>Short: <c>exception 2, illegal data address</c>.</summary>
    public static string Name(ExceptionCode code) => code switch
    {
        ExceptionCode.IllegalFunction => "exception 1, illegal function",
        ExceptionCode.IllegalAddress => "exception 2, illegal data address",
        ExceptionCode.IllegalValue => "exception 3, illegal data value",
        ExceptionCode.DeviceFailure => "exception 4, device failure",
        ExceptionCode.Acknowledge => "exception 5, the device needs more time",
        ExceptionCode.Busy => "exception 6, device busy",
        ExceptionCode.MemoryParity => "exception 8, memory parity error",
        ExceptionCode.GatewayPathUnavailable => "exception 10, gateway path unavailable",
        ExceptionCode.GatewayTargetSilent => "exception 11, the device behind the gateway does not answer",
        _ => $"exception {(byte)code}",
    };

    /// <summary>What usually is the cause, for the person who set up the request.</summary>
    public static string LikelyCause(ExceptionCode code) => code switch
    {
        ExceptionCode.IllegalFunction =>
            "the device does not know this function code: try the other table (input instead of holding, discrete instead of coil)",
        ExceptionCode.IllegalAddress =>
            "the address does not exist: does the manual count from 1 (then subtract 1)? is it the right table? the right unit id? does the block run past the last register?",
        ExceptionCode.IllegalValue =>
            "the device does not accept this number of registers: ask for fewer in one request (limits: max_registers_per_read)",
        ExceptionCode.DeviceFailure => "the device failed while answering: look at its own diagnostics; some devices answer so while they start",
        ExceptionCode.Acknowledge or ExceptionCode.Busy => "the device is busy: ask less often, or one master too many is connected",
        ExceptionCode.MemoryParity => "the device found damaged memory: have it checked",
        ExceptionCode.GatewayPathUnavailable => "the gateway has no line for this unit id: check the unit id and the gateway's routing table",
        ExceptionCode.GatewayTargetSilent => "the gateway is fine, the device behind it is not: check unit id, wiring, baud rate and parity",
        _ => "not a code of the standard: look into the manual of the device",
    };
}
