using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>Where a value lies.</summary>
internal sealed record RegisterPlace(RegisterTable Table, IReadOnlyList<ushort> Addresses, bool WordsNamed, string Printed);

/// <summary>Reads <c>register:</c>, <c>wire:</c> or <c>registers:</c> with <c>table:</c>, and checks A01 to A05.</summary>
internal static class AddressReader
{
    private static readonly string[] Keys = ["register", "wire", "registers"];

    /// <param name="shift">Added to every address: the step of a repeat.</param>
    /// <param name="words">Registers (or bits, 1) the type fills.</param>
    public static RegisterPlace? Read(MapReader reader, FileContext context, int words, int shift)
    {
        var table = reader.Choice("table", RegisterTypes.Tables) ?? context.Defaults.Table;
        var start = OnlyOneOf(reader);
        return start switch
        {
            null => null,
            "registers" => ReadNamed(reader, context, table, words, shift),
            _ => ReadNeighbours(reader, context, start, table, words, shift),
        };
    }

    private static string? OnlyOneOf(MapReader reader)
    {
        string[] present = [.. Keys.Where(reader.Has)];
        if (present.Length == 0)
            reader.Error(Codes.MissingKey, reader.Map.At, $"{reader.What} has no address", "add  register:  with the number the manual prints.");
        else if (present.Length > 1)
            reader.Error(Codes.WrongValue, reader.At(present[1]), $"\"{present[0]}\" and \"{present[1]}\" both give the address", "keep one of them.");
        return present.Length == 1 ? present[0] : null;
    }

    private static RegisterPlace? ReadNeighbours(MapReader reader, FileContext context, string key, RegisterTable? table, int words, int shift)
    {
        if (reader.Text(key) is not { } printed)
            return null;
        var at = reader.At(key);
        if (Resolve(reader, context, printed, at, key == "wire", table) is not { } place)
            return null;
        var first = place.Wire + shift;
        if (first + words - 1 <= ushort.MaxValue)
        {
            var shown = shift == 0 ? printed : AddressNotation.Print(first, key == "wire" ? WrittenAs.Wire : context.WrittenAs, place.Table);
            return new(place.Table, [.. Enumerable.Range(first, words).Select(a => (ushort)a)], false, shown);
        }

        reader.Error(Codes.AddressEnd, at, $"the value ends at wire address {first + words - 1}, the table at 65535", "check the address and the type.");
        return null;
    }

    private static RegisterPlace? ReadNamed(MapReader reader, FileContext context, RegisterTable? table, int words, int shift)
    {
        var items = reader.List("registers");
        var places = items.Select(item => item is YamlScalar s ? Resolve(reader, context, s.Text, s.At, false, table) : null).ToArray();
        if (items.Any(i => i is not YamlScalar))
            reader.Error(Codes.WrongValue, reader.At("registers"), "\"registers\" has to be a list of addresses", "write  registers: [40301, 40303]  highest word first.");
        if (items.Count != words)
        {
            reader.Error(Codes.WordCount, reader.At("registers"), $"{items.Count} registers are named, the type fills {words}", "name every word once, highest first, or change the type.");
            return null;
        }

        if (places.Any(p => p is null))
            return null;
        var found = places.Select(p => p!.Value).ToArray(); // nulls were answered above
        var printed = string.Join(", ", items.Select(i => ((YamlScalar)i).Text));
        return new(found[0].Table, [.. found.Select(p => (ushort)Math.Min(p.Wire + shift, ushort.MaxValue))], true, printed);
    }

    private static (int Wire, RegisterTable Table)? Resolve(MapReader reader, FileContext context, string printed, SourceSpan at, bool wire, RegisterTable? table)
    {
        var reading = AddressNotation.Read(printed, wire ? WrittenAs.Wire : context.WrittenAs, wire ? null : table);
        if (reading.Code is { } code)
        {
            reader.Error(code, at, reading.Fault ?? "", reading.Repair ?? "");
            return null;
        }

        var explicitTable = reader.Map.Find("table") is not null;
        if (reading.Table is { } named && explicitTable && table is { } typed && named != typed)
        {
            reader.Error(Codes.AddressTable, at, $"{printed} lies in the {named.Word()} table, \"table\" says {typed.Word()}", $"remove  table: {typed.Word()}  or correct the first digit.");
            return null;
        }

        if ((reading.Table ?? table) is { } found)
            return (reading.Wire, found);
        reader.Error(Codes.MissingKey, reader.Map.At, $"{reader.What} does not say which table {printed} lies in", "add  table: holding  (function code 3), input (4), coil (1) or discrete (2), here or once under  defaults:");
        return null;
    }
}
