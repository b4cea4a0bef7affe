using System.Globalization;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>A06 to A09: what values do to each other and to the limits of the device.</summary>
internal static class AddressRules
{
    private const int BlockGap = 64;
    private const int EnoughForPattern = 4;

    public static void Check(DeviceProfile profile, IReadOnlyList<LoadedRegister> registers, FileContext context)
    {
        CheckOverlap(registers, context.WrittenAs);
        CheckNeighbours(registers);
        foreach (var register in registers)
        {
            CheckNeverRead(register, profile.Limits);
            CheckLength(register, profile.Limits);
        }
    }

    private static void CheckOverlap(IReadOnlyList<LoadedRegister> registers, WrittenAs writtenAs)
    {
        var owners = new Dictionary<(RegisterTable Table, ushort Address), List<LoadedRegister>>();
        foreach (var register in registers)
        {
            foreach (var address in register.Definition.Addresses)
            {
                var here = owners.TryGetValue((register.Definition.Table, address), out var list) ? list : owners[(register.Definition.Table, address)] = [];
                if (here.Find(other => Overlaps(other, register)) is { } neighbour)
                    ReportOverlap(register, neighbour, address, writtenAs, NextFree(registers, register.Definition));
                here.Add(register);
            }
        }
    }

    private static bool Overlaps(LoadedRegister a, LoadedRegister b)
    {
        if (a.OverlapOk is not null || b.OverlapOk is not null)
            return false;
        var (x, y) = (a.Definition, b.Definition);
        if (x.Type is RegisterType.UInt8 or RegisterType.Int8 && y.Type is RegisterType.UInt8 or RegisterType.Int8)
            return x.Half == y.Half;
        return (BitMask(x) & BitMask(y)) != 0;
    }

    /// <summary>Bits of the word that a bit tag uses; everything else uses all.</summary>
    private static ulong BitMask(RegisterDefinition d) =>
        d.Bit is not { } bit ? ulong.MaxValue : ((1UL << (d.BitCount ?? 1)) - 1) << bit;

    private static void ReportOverlap(LoadedRegister register, LoadedRegister neighbour, ushort address, WrittenAs writtenAs, int nextFree)
    {
        var (mine, other) = (register.Definition, neighbour.Definition);
        var shown = AddressNotation.Print(address, writtenAs, mine.Table);
        var key = register.Reader.Map.Find("registers") is not null ? "registers" : register.Reader.Map.Find("wire") is not null ? "wire" : "register";
        var free = nextFree < 0 ? "" : $"the next free place for {Count(mine.Addresses.Count)} is {AddressNotation.Print(nextFree, writtenAs, mine.Table)}. ";
        register.Reader.Error(
            Codes.Overlap,
            register.Reader.At(key),
            $"\"{mine.Tag}\" overlaps \"{other.Tag}\"",
            $"{free}If the device really answers two meanings here, add  overlap_ok: <reason>  to one of them.",
            $"{mine.Type.Word()} fills {Places(mine, writtenAs)}",
            $"\"{other.Tag}\" (line {other.Line.ToString(CultureInfo.InvariantCulture)}) already uses {shown}.");
    }

    private static string Places(RegisterDefinition d, WrittenAs writtenAs)
    {
        var first = AddressNotation.Print(d.Addresses[0], writtenAs, d.Table);
        var last = AddressNotation.Print(d.Addresses[^1], writtenAs, d.Table);
        var wire = d.Addresses.Count == 1 ? $"wire {d.Addresses[0]}" : $"wire {d.Addresses[0]} to {d.Addresses[^1]}";
        return d.Addresses.Count == 1 ? $"{first} ({wire})" : $"{first} to {last} ({wire})";
    }

    private static string Count(int words) => words == 1 ? "one register" : $"{words} registers";

    private static int NextFree(IReadOnlyList<LoadedRegister> registers, RegisterDefinition d)
    {
        var used = registers.Where(r => r.Definition.Table == d.Table && r.Definition.Tag != d.Tag).SelectMany(r => r.Definition.Addresses).ToHashSet();
        for (var start = (int)d.Addresses.Min(); start + d.Addresses.Count <= 65536; start++)
        {
            if (Enumerable.Range(start, d.Addresses.Count).All(a => !used.Contains((ushort)a)))
                return start;
        }

        return -1;
    }

    /// <summary>A07: one value on an odd place where all others of its block are even, or the reverse.</summary>
    private static void CheckNeighbours(IReadOnlyList<LoadedRegister> registers)
    {
        var wide = registers.Where(r => r.Definition is { WordsNamed: false, Type: not RegisterType.Text } && r.Definition.Addresses.Count is 2 or 4);
        foreach (var table in wide.GroupBy(r => r.Definition.Table))
        {
            var block = new List<LoadedRegister>();
            foreach (var register in table.OrderBy(r => r.Definition.Addresses[0]))
            {
                if (block.Count > 0 && register.Definition.Addresses[0] - block[^1].Definition.Addresses[0] > BlockGap)
                    CheckBlock(block);
                block.Add(register);
            }

            CheckBlock(block);
        }
    }

    private static void CheckBlock(List<LoadedRegister> block)
    {
        var odd = block.FindAll(r => r.Definition.Addresses[0] % 2 == 1);
        var even = block.FindAll(r => r.Definition.Addresses[0] % 2 == 0);
        if (block.Count > EnoughForPattern)
        {
            if (odd.Count == 1)
                ReportNeighbour(odd[0], "odd", "even");
            else if (even.Count == 1)
                ReportNeighbour(even[0], "even", "odd");
        }

        block.Clear();
    }

    private static void ReportNeighbour(LoadedRegister register, string mine, string others) =>
        register.Reader.Warn(Codes.Neighbour, register.Reader.At("register"), $"\"{register.Definition.Tag}\" starts on an {mine} address, every other wide value of its block on an {others} one", "compare the number with the manual: it may be off by one.", $"wire {register.Definition.Addresses[0]}");

    private static void CheckNeverRead(LoadedRegister register, ReadLimits limits)
    {
        var d = register.Definition;
        foreach (var range in limits.NeverRead.Where(n => n.Table == d.Table && d.Addresses.Any(a => a >= n.First && a <= n.Last)))
            register.Reader.Error(Codes.NeverRead, register.Reader.At("register"), $"\"{d.Tag}\" lies in the stretch that must never be read", "remove the register, or correct never_read.", $"wire {range.First} to {range.Last}");
    }

    private static void CheckLength(LoadedRegister register, ReadLimits limits)
    {
        var d = register.Definition;
        var most = d.Table.IsBitTable() ? limits.MaxBitsPerRead : limits.MaxRegistersPerRead;
        if (!d.WordsNamed && d.Addresses.Count > most)
            register.Reader.Error(Codes.TooLong, register.Reader.At("tag"), $"\"{d.Tag}\" is {d.Addresses.Count} registers long, the device answers at most {most}", "a value is never read in two requests; check limits: and length:");
    }
}
