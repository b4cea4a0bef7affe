using System.Globalization;
using System.Text;
using Penstock.Contracts;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Commands;

/// <summary>A round as people read it.</summary>
internal static class ProfileTryText
{
    private const char Mark = '◄';

    public static string Write(TryRound round)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{round.Target}   {round.At}\n");
        if (round.Rows.Count > 0 && round.Target.Profile is null)
            WriteWords(text, round.Rows);
        else if (round.Rows.Count > 0)
            WriteValues(text, round.Rows);
        foreach (var trouble in round.Troubles)
            WriteTrouble(text, trouble);
        return text.ToString();
    }

    private static void WriteWords(StringBuilder text, IReadOnlyList<TryRow> rows)
    {
        if (rows[0].Table is RegisterTable.Coil or RegisterTable.Discrete)
        {
            foreach (var row in rows)
                text.Append(CultureInfo.InvariantCulture, $"{Words.Of(row.Table),9} {row.Address,5}   {row.Words[0]}\n");
            return;
        }

        text.Append("\n                            as one word      as float32, with the next word\n");
        text.Append("  address     raw          uint16   int16      ABCD            CDAB            BADC            DCBA        looks like\n");
        foreach (var row in rows)
        {
            var word = row.Words[0];
            text.Append(CultureInfo.InvariantCulture, $"{Words.Of(row.Table),9} {row.Address,5}  0x{word:X4} {Characters(word)}  {word,6}  {(short)word,6}   ");
            for (var i = 0; i < 4; i++)
                text.Append(CultureInfo.InvariantCulture, $" {(i < row.Orders.Count ? Cell(row.Orders[i], row.Plausible) : ""),-15}");
            text.Append(Guess(row)).Append('\n');
        }
    }

    private static void WriteValues(StringBuilder text, IReadOnlyList<TryRow> rows)
    {
        var width = rows.Max(r => r.Tag?.Length ?? 0);
        text.Append('\n');
        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(row.Tag ?? "").PadRight(width)}  {Words.Of(row.Table),8} {row.Address,5}  {Words.Hex([.. row.Words]),-14}  {Value(row)}\n");
            if (row.Orders.Count == 0)
                continue;
            text.Append(' ', width + 2);
            foreach (var order in row.Orders)
                text.Append(CultureInfo.InvariantCulture, $"{order.Order} {Cell(order, row.Plausible),-18} ");
            if (row.Plausible is { } best && best.Order != row.OwnOrder && best.Value != row.Value)
                text.Append(CultureInfo.InvariantCulture, $"the profile says {row.OwnOrder}, {best.Order} looks more plausible");
            text.Append('\n');
        }
    }

    private static void WriteTrouble(StringBuilder text, TryTrouble trouble)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n{trouble.What}\n   likely cause: {trouble.Cause}\n");
        foreach (var finding in trouble.Findings)
            text.Append(CultureInfo.InvariantCulture, $"   found: {finding}\n");
    }

    private static string Value(TryRow row) => row.Value is not { } value ? "" :
        value.Quality == Quality.Good ? Shown(value, row.Unit) : $"{Shown(value, row.Unit)} {value.Quality.ToString().ToLowerInvariant()}: {value.Why}".TrimStart();

    private static string Shown(DecodedValue value, string? unit)
    {
        var number = value.Value.Text ?? value.Value.Number?.ToString(CultureInfo.InvariantCulture);
        return value.Text is { } text ? number is null ? $"\"{text}\"" : $"{number} ({text})" : unit is null or "1" || number is null ? number ?? "" : $"{number} {unit}";
    }

    private static string Cell(WordReading reading, WordReading? plausible)
    {
        var marked = plausible is not null && plausible.Type == reading.Type && plausible.Order == reading.Order;
        return $"{Number(reading)}{(marked ? " " + Mark : "")}";
    }

    private static string Guess(TryRow row) => row switch
    {
        { IsRest: true } => "  ″",
        { Plausible: null } => "",
        { Plausible: { Type: RegisterType.Text } text } => $"text \"{text.Value.Text}\" {Mark}",
        { Plausible: { Order: PlausibleReading.OneWord } word } => $"{word.Type.ToString().ToLowerInvariant()} {Number(word)} {Mark}",
        { Plausible: { } best } => $"{best.Type.ToString().ToLowerInvariant()} {best.Order} {Number(best)} {Mark}",
    };

    private static string Number(WordReading reading) => reading.Value.Value switch
    {
        { Text: { } digits } => digits,
        { Number: { } number } when number != 0 && (Math.Abs(number) < 1e-4 || Math.Abs(number) >= 1e10) => number.ToString("0.###e0", CultureInfo.InvariantCulture),
        { Number: { } number } => number.ToString(CultureInfo.InvariantCulture),
        _ => reading.Value.Quality == Quality.Bad ? "–" : "",
    };

    private static string Characters(ushort word) => $"{Character(word >> 8)}{Character(word & 0xFF)}";

    private static char Character(int c) => c is >= 0x20 and < 0x7F ? (char)c : '·';
}
