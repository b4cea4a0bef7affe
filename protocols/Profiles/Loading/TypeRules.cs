namespace Penstock.Protocols.Profiles.Loading;

/// <summary>T01 to T04 and A03: type, table, order and bit have to fit each other.</summary>
internal static class TypeRules
{
    public static void Check(IReadOnlyList<LoadedRegister> registers, FileContext context)
    {
        foreach (var register in registers)
        {
            CheckTable(register);
            CheckOrder(register);
            CheckBit(register);
        }

        CheckMixedOrder(registers, context);
    }

    private static void CheckTable(LoadedRegister register)
    {
        var (d, reader) = (register.Definition, register.Reader);
        if (d.Table.IsBitTable() && d.Type != RegisterType.Bool)
            reader.Error(Codes.Type, reader.At("type"), $"{d.Type.Word()} cannot be read from the {d.Table.Word()} table: it holds single bits", "write  type: bool  or correct the table.");
        if (d.Table.IsBitTable() && reader.Has("bit"))
            reader.Error(Codes.AddressTable, reader.At("bit"), $"a {d.Table.Word()} is one bit already", "remove  bit:");
        if (!d.Table.IsBitTable() && d.Type == RegisterType.Bool && d.Bit is null)
            reader.Error(Codes.BitNumber, reader.At("type"), "a bool in a register needs its bit", "add  bit: 0  (0 is the lowest), or correct the table.");
        if (reader.Has("byte") && d.Type is not (RegisterType.UInt8 or RegisterType.Int8))
            reader.Error(Codes.Type, reader.At("byte"), $"\"byte\" belongs to 8-bit types, not to {d.Type.Word()}", "remove  byte:  or write  type: uint8");
    }

    private static void CheckOrder(LoadedRegister register)
    {
        var (d, reader) = (register.Definition, register.Reader);
        if (reader.Has("word_order") && (d.Type == RegisterType.Text || d.Type.WordCount() < 2))
            reader.Error(Codes.Order, reader.At("word_order"), $"a word order on {d.Type.Word()}, which has one word", "remove  word_order:");
        if (reader.Has("word_order") && d.WordsNamed)
            reader.Error(Codes.Order, reader.At("word_order"), "the words are named one by one and ordered as well", "remove  word_order:  and list the highest word first.");
        if (d.Type == RegisterType.Bool && reader.Has("byte_order"))
            reader.Error(Codes.Order, reader.At("byte_order"), "a byte order on a single bit", "remove  byte_order:");
    }

    private static void CheckBit(LoadedRegister register)
    {
        var (d, reader) = (register.Definition, register.Reader);
        if (!reader.Has("bit"))
            return;
        if (d.Type != RegisterType.Bool)
            reader.Error(Codes.BitNumber, reader.At("bit"), $"\"bit\" belongs to type bool, not to {d.Type.Word()}", "write  type: bool");
        else if (d.Bit > 15)
            reader.Error(Codes.BitNumber, reader.At("bit"), $"bit {d.Bit} is outside the register", "a register has the bits 0 (lowest) to 15.");
    }

    /// <summary>T03: most wide values name one order, this one names none and gets the other.</summary>
    private static void CheckMixedOrder(IReadOnlyList<LoadedRegister> registers, FileContext context)
    {
        if (context.Defaults.WordOrder is not null)
            return;
        var wide = registers.Where(r => r.Definition is { WordsNamed: false, Type: not RegisterType.Text } && r.Definition.Addresses.Count > 1).ToArray();
        var low = wide.Count(r => r.Definition.WordOrder == PartOrder.LowFirst);
        if (low * 2 <= wide.Length)
            return;
        foreach (var register in wide.Where(r => !r.Reader.Has("word_order")))
            register.Reader.Warn(Codes.OrderDiffers, register.Reader.At("tag"), $"\"{register.Definition.Tag}\" is read high word first, most others of this file low word first", "confirm it with  word_order: high-first  or set the order once under  defaults:");
    }
}
