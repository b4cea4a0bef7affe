using System.Globalization;
using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus;

/// <summary>
/// Joins the registers of one device, poll group and table into as few requests as its limits allow. A value is never
/// split, forbidden addresses are never touched, an exponent comes in the same request as its value. Pure.
/// </summary>
public static class ReadPlanner
{
    public static ReadPlan Plan(IReadOnlyList<RegisterDefinition> registers, ReadLimits limits)
    {
        var byTag = registers.DistinctBy(r => r.Tag).ToDictionary(r => r.Tag);
        var groups = registers
            .Where(r => !r.Internal)
            .GroupBy(r => r.Poll)
            .OrderBy(g => g.Key.Interval ?? TimeSpan.Zero)
            .Select(g => PlanGroup(g.Key, g, byTag, limits));
        return new([.. groups]);
    }

    /// <summary>Requests for values of one table.</summary>
    public static IReadOnlyList<ReadBlock> Join(RegisterTable table, IEnumerable<PlannedValue> values, ReadLimits limits)
    {
        var blocks = new List<ReadBlock>();
        var open = new List<PlannedValue>();
        int first = 0, last = 0;
        foreach (var value in values.OrderBy(v => v.First).ThenBy(v => v.Last))
        {
            if (open.Count > 0 && !Joins(table, open[^1], value, first, last, limits))
                Close();
            (first, last) = open.Count == 0 ? (value.First, value.Last) : (first, Math.Max(last, value.Last));
            open.Add(value);
        }

        if (open.Count > 0)
            Close();
        return blocks;

        void Close()
        {
            blocks.Add(new(new ReadRequest(table, (ushort)first, last - first + 1), [.. open]));
            open.Clear();
        }
    }

    private static GroupPlan PlanGroup(
        PollGroup group, IEnumerable<RegisterDefinition> registers, Dictionary<string, RegisterDefinition> byTag, ReadLimits limits)
    {
        var readable = new List<PlannedValue>();
        var unreadable = new List<UnreadableValue>();
        foreach (var register in registers)
        {
            var (value, why) = Resolve(register, byTag, limits);
            if (value is null)
                unreadable.Add(new(register, why));
            else
                readable.Add(value);
        }

        var blocks = readable.GroupBy(v => v.Register.Table).OrderBy(t => t.Key).SelectMany(t => Join(t.Key, t, limits));
        return new(group, [.. blocks], unreadable);
    }

    private static (PlannedValue? Value, string Why) Resolve(
        RegisterDefinition register, Dictionary<string, RegisterDefinition> byTag, ReadLimits limits)
    {
        if (register.Addresses.Count is 0 or > ReadRequest.MaxRegisters)
            return (null, "has no address");
        RegisterDefinition? exponent = null;
        if (register.ScaleFrom is { } tag && !byTag.TryGetValue(tag, out exponent))
            return (null, $"the exponent '{tag}' is missing in the profile");
        if (exponent is not null && exponent.Addresses.Count != RegisterWords.Count(exponent.Type))
            return (null, $"the exponent '{register.ScaleFrom}' is no number");
        if (exponent is not null && exponent.Table != register.Table)
            return (null, $"the exponent '{register.ScaleFrom}' lies in another table");

        var value = new PlannedValue(register, exponent);
        var most = MostPerRead(register.Table, limits);
        if (value.Length > most)
            return (null, string.Create(CultureInfo.InvariantCulture, $"needs {value.Length} registers in one request; the limit is {most}"));
        return Forbidden(register.Table, value.First, value.Last, limits)
            ? (null, "lies across addresses that must never be read")
            : (value, "");

    }

    private static bool Joins(RegisterTable table, PlannedValue previous, PlannedValue next, int first, int last, ReadLimits limits) =>
        !previous.Register.ReadAlone && !next.Register.ReadAlone
        && next.First - last - 1 <= limits.BridgeGapsUpTo
        && Math.Max(last, next.Last) - first + 1 <= MostPerRead(table, limits)
        && !Forbidden(table, first, Math.Max(last, next.Last), limits);

    private static int MostPerRead(RegisterTable table, ReadLimits limits) => table is RegisterTable.Coil or RegisterTable.Discrete
        ? Math.Clamp(limits.MaxBitsPerRead, 1, ReadRequest.MaxBits)
        : Math.Clamp(limits.MaxRegistersPerRead, 1, ReadRequest.MaxRegisters);

    private static bool Forbidden(RegisterTable table, int first, int last, ReadLimits limits)
    {
        foreach (var range in limits.NeverRead)
        {
            if (range.Table == table && range.First <= last && range.Last >= first)
                return true;
        }

        return false;
    }
}
