using Penstock.Contracts;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>Reads one entry of <c>registers:</c> into one tag, or into one tag for each bit of a word.</summary>
internal sealed class RegisterReader(FileContext context)
{
    private static readonly Dictionary<string, Quality> Qualities = new() { ["good"] = Quality.Good, ["uncertain"] = Quality.Uncertain, ["bad"] = Quality.Bad };

    private static readonly string[] Later = ["datetime", "bytes", "acc32", "sunssf"];

    /// <param name="shift">Added to every address: the step of a repeat.</param>
    public IReadOnlyList<LoadedRegister> Read(MapReader reader, int shift)
    {
        var tag = ReadTag(reader);
        var type = ReadType(reader);
        var words = type is { } t ? ReadWords(reader, t) : 1;
        var place = AddressReader.Read(reader, context, words, shift);
        var definition = Fill(reader, tag ?? "", type ?? RegisterType.UInt16, place ?? new(RegisterTable.Holding, [0], false, ""));
        var overlap = reader.Text("overlap_ok");
        if (reader.Has("write"))
            context.NotActedOn.Add("write permissions");
        reader.Allow("padding");
        var bits = new BitsReader(context).Read(reader, definition);
        reader.Done();
        if (tag is null || type is null || place is null)
            return [];
        return bits is null ? [new LoadedRegister(definition, reader) { OverlapOk = overlap }] : [.. bits.Select(b => b with { OverlapOk = overlap })];
    }

    public static string? ReadTag(MapReader reader)
    {
        if (reader.Required("tag", "temperature") is not { } tag)
            return null;
        if (Names.IsValid(tag))
            return tag;
        reader.Error(Codes.WrongValue, reader.At("tag"), $"\"{tag}\" is not a tag name: 1 to 64 lower-case letters, digits, - _ .", $"write  tag: {Names.Repair(tag)}");
        return null;
    }

    private static RegisterType? ReadType(MapReader reader)
    {
        if (!reader.Has("type"))
            reader.Error(Codes.MissingKey, reader.Map.At, $"{reader.What} has no \"type\"", "add  type: uint16  or what the manual says.");
        if (reader.Map.Find("type")?.Value is not YamlScalar { Text: var word } || !Later.Contains(word))
            return reader.Choice("type", RegisterTypes.Words, Codes.Type);
        reader.Error(Codes.NotInThisVersion, reader.At("type"), $"the type {word} is not read by this version", "leave this register out for now.");
        return null;
    }

    private static int ReadWords(MapReader reader, RegisterType type)
    {
        var length = (int?)reader.Integer("length", 1, 125, Codes.TextLength);
        if (type == RegisterType.Text)
        {
            if (!reader.Has("length"))
                reader.Error(Codes.MissingKey, reader.Map.At, $"{reader.What} is a text without \"length\"", "add  length: 8  (in registers, two characters each).");
            return length ?? 1;
        }

        if (length is { } given && given != type.WordCount())
            reader.Error(Codes.WordCount, reader.At("length"), $"{type.Word()} fills {type.WordCount()} register{(type.WordCount() == 1 ? "" : "s")}, \"length\" says {given}", "remove length, or change the type.");
        return type.WordCount();
    }

    private RegisterDefinition Fill(MapReader reader, string tag, RegisterType type, RegisterPlace place)
    {
        var chain = NumberChain.Read(reader);
        var valid = QualityReader.Range(reader, "valid_range");
        var normal = QualityReader.Range(reader, "normal_range");
        QualityReader.CheckInside(reader, valid, normal);
        AlarmReader.Read(reader, context, valid);
        return new RegisterDefinition
        {
            Tag = tag,
            Label = reader.Text("label"),
            Table = place.Table,
            Addresses = place.Addresses,
            WordsNamed = place.WordsNamed,
            Printed = place.Printed,
            Type = type,
            WordOrder = reader.Choice("word_order", RegisterTypes.Orders) ?? context.Defaults.WordOrder ?? PartOrder.HighFirst,
            ByteOrder = reader.Choice(type == RegisterType.Text && reader.Has("text_order") ? "text_order" : "byte_order", RegisterTypes.Orders) ?? context.Defaults.ByteOrder ?? PartOrder.HighFirst,
            Bit = (int?)reader.Integer("bit", 0, 31, Codes.BitNumber),
            Half = reader.Choice("byte", Halves) ?? PartOrder.LowFirst,
            Scale = chain.Scale,
            Offset = chain.Offset,
            ScaleFrom = chain.ScaleFrom,
            Unit = ReadUnit(reader),
            Sentinels = RawValues.Read(reader, type, context),
            Valid = valid,
            Normal = normal,
            OutsideIsUncertain = QualityReader.OutsideIsUncertain(reader),
            Labels = ReadLabels(reader),
            UnknownLabel = reader.Choice("unknown_label", Qualities) ?? Quality.Uncertain,
            Poll = ReadPoll(reader),
            Report = (ReportText.Read(reader) ?? context.Defaults.Report)?.Resolve(reader, normal),
            ReadAlone = reader.Flag("read_alone") ?? false,
            Internal = reader.Flag("internal") ?? false,
            Counter = QualityReader.Counter(reader, context),
            Line = reader.Map.At.Line,
        };
    }

    private static Dictionary<string, PartOrder> Halves { get; } = new() { ["high"] = PartOrder.HighFirst, ["low"] = PartOrder.LowFirst };

    public static string? ReadUnit(MapReader reader)
    {
        if (reader.Text("unit") is not { } unit)
            return null;
        if (Units.Refuse(unit) is not { } repair)
            return unit == Units.Dimensionless ? null : unit;
        reader.Error(Codes.Unit, reader.At("unit"), $"unknown unit \"{unit}\"", repair);
        return null;
    }

    private static Dictionary<long, string>? ReadLabels(MapReader reader)
    {
        if (reader.Block("labels", "the labels") is not { } block)
            return null;
        var labels = new Dictionary<long, string>();
        foreach (var entry in block.Map.Entries)
        {
            var isFlag = Scalars.TryFlag(entry.Key, out var flag);
            var number = flag ? 1L : 0L;
            if ((isFlag || Scalars.TryInteger(entry.Key, out number)) && entry.Value is YamlScalar text)
                labels[number] = text.Text;
            else
                block.Error(Codes.WrongValue, entry.KeyAt, $"a label belongs to a whole number, not to \"{entry.Key}\"", "write  labels: {0: off, 1: running}");
        }

        return labels;
    }

    private PollGroup ReadPoll(MapReader reader)
    {
        var name = reader.Text("poll") ?? context.Defaults.Poll;
        if (context.Polls.TryGetValue(name, out var group))
            return group;
        reader.Error(Codes.Poll, reader.At("poll"), $"unknown poll group \"{name}\"", NearestName.Suggest(name, [.. context.Polls.Keys]) + $" A new group goes under  poll: {{{name}: 10s}}");
        return PollGroup.Default;
    }
}
