using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus.Server;

/// <summary>
/// What a <see cref="ModbusTcpServer"/> serves. Called from many connections at once; the bank decides on faults too.
/// </summary>
public interface IRegisterBank
{
    /// <summary>Fills one entry per register, or per bit as 0 or 1, and says how to answer. Limits of the standard are checked before.</summary>
    BankReply Read(byte unit, RegisterTable table, ushort start, Span<ushort> values);
}

/// <summary>How the server reacts to one request.</summary>
public enum BankReplyKind
{
    /// <summary>Answer with the values.</summary>
    Values,
    /// <summary>Answer with an exception code.</summary>
    Exception,
    /// <summary>Say nothing: a device that is off, or another's unit id.</summary>
    Silence,
    /// <summary>Answer with the values, but as another unit.</summary>
    WrongUnit,
    /// <summary>Answer with one byte of the values missing, in a frame that is whole by its header.</summary>
    WrongLength,
    /// <summary>Send the answer one byte at a time.</summary>
    ByteByByte,
    /// <summary>Close the connection instead of answering.</summary>
    HangUp,
}

/// <summary>One reaction; <paramref name="Delay"/> comes before it.</summary>
public readonly record struct BankReply(BankReplyKind Kind, ExceptionCode Code = ExceptionCode.None, TimeSpan Delay = default)
{
    public static BankReply Values => default;

    public static BankReply Silence => new(BankReplyKind.Silence);

    public static BankReply Refuse(ExceptionCode code) => new(BankReplyKind.Exception, code);
}
