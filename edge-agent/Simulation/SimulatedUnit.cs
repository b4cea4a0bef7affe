using Penstock.Protocols.Modbus;
using Penstock.Protocols.Modbus.Server;
using Penstock.Protocols.Profiles;
using Penstock.Protocols.Profiles.Simulation;

namespace Penstock.EdgeAgent.Simulation;

/// <summary>
/// One simulated device: the generators of its profile, encoded through the register definitions of the profile, backwards.
/// Called by several connections at once; the lock guards the generators, which step through time.
/// </summary>
internal sealed class SimulatedUnit
{
    private static readonly TimeSpan Slowness = TimeSpan.FromMilliseconds(800);

    private readonly Lock _lock = new();
    private readonly SimulatedDevice _device;
    private readonly TimeProvider _clock;
    private readonly ILookup<RegisterTable, RegisterDefinition> _registers;

    public SimulatedUnit(DeviceProfile profile, int seed, TimeProvider clock)
    {
        _device = new(profile, clock.GetUtcNow(), seed);
        _clock = clock;
        _registers = profile.Registers.ToLookup(register => register.Table);
    }

    public BankReply Read(RegisterTable table, ushort start, Span<ushort> values)
    {
        lock (_lock)
        {
            var state = _device.At(_clock.GetUtcNow());
            return state.Fault?.Effect switch
            {
                FaultEffect.NoAnswer => BankReply.Silence,
                FaultEffect.Exception => BankReply.Refuse(ExceptionCode.DeviceFailure),
                _ when !Fill(state.Values, table, start, values) => BankReply.Refuse(ExceptionCode.IllegalAddress),
                FaultEffect.Slow => new(BankReplyKind.Values, Delay: Slowness),
                _ => BankReply.Values,
            };
        }
    }

    /// <summary>Holes between registers read as zero; false when nothing of the device lies in the range at all.</summary>
    private bool Fill(IReadOnlyDictionary<string, SimulatedValue> now, RegisterTable table, ushort start, Span<ushort> values)
    {
        var found = false;
        foreach (var register in _registers[table])
        {
            if (!Touches(register, start, values.Length))
                continue;
            found = true;
            Put(register, now, start, values);
        }

        return found;
    }

    /// <summary>Several bits may share a word, so what stands there already is kept.</summary>
    private static void Put(RegisterDefinition register, IReadOnlyDictionary<string, SimulatedValue> now, ushort start, Span<ushort> values)
    {
        Span<ushort> words = stackalloc ushort[register.Addresses.Count];
        for (var index = 0; index < words.Length; index++)
        {
            if (register.Addresses[index] - start is >= 0 and var place && place < values.Length)
                words[index] = values[place];
        }

        Encode(register, now, words);
        for (var index = 0; index < words.Length; index++)
        {
            if (register.Addresses[index] - start is >= 0 and var place && place < values.Length)
                values[place] = words[index];
        }
    }

    private static void Encode(RegisterDefinition register, IReadOnlyDictionary<string, SimulatedValue> now, Span<ushort> words)
    {
        var value = now[register.Tag];
        if (value.Text is { } text)
            RegisterEncoder.EncodeText(register, text, words);
        else
            RegisterEncoder.Encode(register, value.Number, words, register.ScaleFrom is { } exponent ? (int)now[exponent].Number : 0);
    }

    private static bool Touches(RegisterDefinition register, ushort start, int count)
    {
        foreach (var address in register.Addresses)
        {
            if (address >= start && address < start + count)
                return true;
        }

        return false;
    }
}
