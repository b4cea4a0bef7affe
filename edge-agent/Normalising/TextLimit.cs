using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Normalising;

/// <summary>Keeps a reading within its 1 KiB: how many bytes of JSON its text may take, and the text cut to that.</summary>
internal static class TextLimit
{
    /// <summary>Bytes of JSON that a reason may take.</summary>
    public const int MaxReasonBytes = 240;

    private const int BytesOfAnyChar = 6;

    // The wire's own escaping, so that the count is exact.
    private static readonly JavaScriptEncoder Escaping = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Bytes left for text and reason together when everything else is as long as it can become.</summary>
    public static int RoomFor(Reading tag)
    {
        var output = new ArrayBufferWriter<byte>();
        var longest = tag with
        {
            Ts = new Timestamp(0),
            Value = -double.MaxValue,
            Text = "x",
            Why = "x",
            Q = Quality.Uncertain,
            Clock = ClockState.Unsynced,
            Agent = LongestName,
            Epoch = LongestName,
            Seq = long.MaxValue,
            Late = true,
        };
        var reason = RecordCodec.TryEncode(longest, output);
        return reason is null ? RecordCodec.MaxReadingBytes - output.WrittenCount : 0;
    }

    /// <summary>The text itself when it fits, else as many whole characters of it as fit.</summary>
    public static string Cut(string text, int bytes)
    {
        if (text.Length * BytesOfAnyChar <= bytes || JsonEncodedText.Encode(text, Escaping).EncodedUtf8Bytes.Length <= bytes)
            return text;
        var kept = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes -= JsonEncodedText.Encode(rune.ToString(), Escaping).EncodedUtf8Bytes.Length;
            if (bytes < 0)
                break;
            kept += rune.Utf16SequenceLength;
        }

        return text[..kept];
    }

    private static string LongestName { get; } = new('x', Names.MaxLength);
}
