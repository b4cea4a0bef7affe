using System.Collections.Concurrent;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Modbus.Server;
using Penstock.Protocols.Profiles;

namespace Penstock.UnitTests.Modbus;

/// <summary>Registers in memory; refuses what is not there; records what was asked.</summary>
internal sealed class TestBank : IRegisterBank
{
    private readonly ConcurrentDictionary<(RegisterTable, int), ushort> _values = new();

    public ConcurrentQueue<ReadRequest> Asked { get; } = new();

    public Func<ReadRequest, BankReply?> Fault { get; set; } = _ => null;

    public ushort this[RegisterTable table, int address]
    {
        set => _values[(table, address)] = value;
    }

    public void Fill(RegisterTable table, int first, int count)
    {
        for (var i = 0; i < count; i++)
            this[table, first + i] = (ushort)(first + i);
    }

    public void Remove(RegisterTable table, int address) => _values.TryRemove((table, address), out _);

    public BankReply Read(byte unit, RegisterTable table, ushort start, Span<ushort> values)
    {
        var request = new ReadRequest(table, start, values.Length);
        Asked.Enqueue(request);
        for (var i = 0; i < values.Length; i++)
        {
            if (!_values.TryGetValue((table, start + i), out values[i]))
                return BankReply.Refuse(ExceptionCode.IllegalAddress);
        }

        return Fault(request) ?? BankReply.Values;
    }
}
