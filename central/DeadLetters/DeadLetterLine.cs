using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Penstock.Central.Historian;

namespace Penstock.Central.DeadLetters;

/// <summary>One dead letter as one line, for people or for programs.</summary>
internal static class DeadLetterLine
{
    private const int ShownBytes = 80;

    /// <summary><c>17  2026-03-01T12:00:00Z  a1 e1 7  penstock.readings partition 0 offset 4: v is 2; …</c> and the beginning of the bytes.</summary>
    public static string Text(DeadLetter letter)
    {
        var who = letter.Seq is null ? letter.Agent ?? "no agent" : $"{letter.Agent} {letter.Epoch} {letter.Seq}";
        var shown = string.Concat(Encoding.UTF8.GetString(letter.Bytes.AsSpan(0, Math.Min(ShownBytes, letter.Bytes.Length))).Select(c => char.IsControl(c) ? ' ' : c));
        return FormattableString.Invariant($"{letter.Id}  {letter.Received}  {who}  {letter.Origin?.ToString() ?? "HTTP"}: {letter.Reason}  {letter.Size} bytes: {shown}");
    }

    /// <summary>A JSON object with every byte that is kept in <c>bytes</c> (base64), and in <c>text</c> when they are UTF-8.</summary>
    public static void WriteJson(Stream output, DeadLetter letter)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteNumber("id", letter.Id);
            json.WriteString("received", letter.Received.ToString());
            json.WriteString("reason", letter.Reason);
            Write(json, "agent", letter.Agent);
            Write(json, "epoch", letter.Epoch);
            Write(json, "seq", letter.Seq);
            Write(json, "topic", letter.Origin?.Topic);
            Write(json, "partition", letter.Origin?.Partition);
            Write(json, "offset", letter.Origin?.Offset);
            json.WriteNumber("size", letter.Size);
            if (Utf8.IsValid(letter.Bytes))
                json.WriteString("text", letter.Bytes);
            json.WriteBase64String("bytes", letter.Bytes);
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private static void Write(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
    }
}
