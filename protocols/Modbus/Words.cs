using System.Globalization;
using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus;

/// <summary>Names and register words as people read them.</summary>
public static class Words
{
    private const int MostWordsShown = 8;

    /// <summary>The name of a table as a profile writes it.</summary>
    public static string Of(RegisterTable table) => table switch
    {
        RegisterTable.Coil => "coil",
        RegisterTable.Discrete => "discrete",
        RegisterTable.Input => "input",
        _ => "holding",
    };

    /// <summary><c>0x43E6 0x8000</c>; long texts are cut after eight words.</summary>
    public static string Hex(ReadOnlySpan<ushort> words)
    {
        var shown = words.Length > MostWordsShown ? words[..MostWordsShown] : words;
        Span<char> text = stackalloc char[(MostWordsShown * 7) + 1];
        var length = 0;
        foreach (var word in shown)
        {
            if (length > 0)
                text[length++] = ' ';
            "0x".CopyTo(text[length..]);
            word.TryFormat(text[(length + 2)..], out _, "X4", CultureInfo.InvariantCulture);
            length += 6;
        }

        if (words.Length > MostWordsShown)
            text[length++] = '…';
        return new string(text[..length]);
    }
}
