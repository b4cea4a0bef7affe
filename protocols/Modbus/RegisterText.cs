using Penstock.Contracts;
using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus;

/// <summary>
/// Text in registers: two Latin-1 characters each, first character in the high byte unless the byte order says otherwise;
/// ends at the first zero byte; blanks at the end are padding.
/// </summary>
internal static class RegisterText
{
    private const int MostRegisters = ReadRequest.MaxRegisters;

    public static DecodedValue Decode(RegisterDefinition d, ReadOnlySpan<ushort> words)
    {
        if (words.Length is 0 or > MostRegisters)
            return DecodedValue.Bad($"{words.Length} registers for a text of 1 to {MostRegisters}");
        Span<char> text = stackalloc char[2 * words.Length];
        var length = 0;
        foreach (var word in words)
        {
            var ordered = RegisterWords.Ordered(d, word);
            text[length++] = (char)(ordered >> 8);
            text[length++] = (char)(ordered & 0xFF);
        }

        var end = text.IndexOf('\0');
        var shown = (end < 0 ? text : text[..end]).TrimEnd(' ');
        foreach (ref var c in shown)
            c = char.IsControl(c) ? '?' : c;
        return new(default, new string(shown), Quality.Good, null);
    }

    public static void Encode(RegisterDefinition d, ReadOnlySpan<char> text, Span<ushort> words)
    {
        for (var i = 0; i < words.Length; i++)
            words[i] = RegisterWords.Ordered(d, (ushort)((At(text, 2 * i) << 8) | At(text, (2 * i) + 1)));
    }

    private static int At(ReadOnlySpan<char> text, int index) =>
        index >= text.Length ? 0 : text[index] <= 0xFF ? text[index] : '?';
}
