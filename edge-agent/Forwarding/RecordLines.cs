using System.Buffers;
using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.EdgeAgent.Forwarding;

/// <summary>The lines of a group: marked late at sending time, split where a request would grow too large, found by number.</summary>
internal static class RecordLines
{
    /// <summary>Sent on later than this after its <c>ts</c>, a record carries <c>"late":true</c>.</summary>
    public static readonly TimeSpan LateAfter = TimeSpan.FromSeconds(10);

    private const byte LineBreak = (byte)'\n';

    // A quote inside a JSON string is escaped, so these bytes are the field itself; it stands before every nested object.
    private static ReadOnlySpan<byte> TimeField => "\"ts\":\""u8;

    private static ReadOnlySpan<byte> LateField => ",\"late\":true}"u8;

    /// <summary>Writes the group's lines, each ended by a line break, with <c>late</c> where it applies.</summary>
    public static void Write(OutboxGroup group, Timestamp now, IBufferWriter<byte> output)
    {
        var cutoff = now - LateAfter;
        if (group.MinTs >= cutoff)
        {
            output.Write(group.Lines.Span);
            if (group.Lines.Length > 0 && group.Lines.Span[^1] != LineBreak)
                output.Write([LineBreak]);
            return;
        }

        Span<byte> cutoffText = stackalloc byte[32];
        cutoff.TryFormat(cutoffText, out var length);
        var allLate = group.MaxTs < cutoff;
        for (var rest = group.Lines.Span; Next(ref rest, out var line);)
            WriteLine(line, allLate || IsBefore(line, cutoffText[..length]), output);
    }

    /// <summary>The group's lines one by one, without line breaks, with <c>late</c> where it applies.</summary>
    public static IEnumerable<byte[]> Each(OutboxGroup group, Timestamp now)
    {
        var cutoff = now - LateAfter;
        var cutoffText = new byte[32];
        cutoff.TryFormat(cutoffText, out var length);
        var (someLate, allLate) = (group.MinTs < cutoff, group.MaxTs < cutoff);
        var rest = group.Lines;
        while (NextLine(ref rest, out var line))
            yield return someLate && (allLate || IsBefore(line.Span, cutoffText.AsSpan(0, length))) ? Late(line.Span) : line.ToArray();
    }

    /// <summary>Two groups that together are this one; null when it has one record.</summary>
    public static (OutboxGroup First, OutboxGroup Second)? Split(OutboxGroup group)
    {
        if (group.Count < 2)
            return null;
        var half = group.Count / 2;
        var rest = group.Lines.Span;
        for (var i = 0; i < half; i++)
            Next(ref rest, out _);
        var cut = group.Lines.Length - rest.Length;
        return (
            group with { Count = half, Lines = group.Lines[..cut] },
            group with { FirstSeq = group.FirstSeq + half, Count = group.Count - half, Lines = group.Lines[cut..] });
    }

    /// <summary>The record with this number; empty when the group does not hold it.</summary>
    public static ReadOnlySpan<byte> Find(OutboxGroup group, long seq)
    {
        var rest = group.Lines.Span;
        ReadOnlySpan<byte> line = default;
        for (var i = group.FirstSeq; i <= seq; i++)
        {
            if (!Next(ref rest, out line))
                return default;
        }

        return line;
    }

    private static bool Next(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        var end = rest.IndexOf(LineBreak);
        line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return !line.IsEmpty;
    }

    private static bool NextLine(ref ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> line)
    {
        var end = rest.Span.IndexOf(LineBreak);
        line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return !line.IsEmpty;
    }

    private static byte[] Late(ReadOnlySpan<byte> line) => line[^1] == (byte)'}' ? [.. line[..^1], .. LateField] : line.ToArray();

    private static bool IsBefore(ReadOnlySpan<byte> line, ReadOnlySpan<byte> cutoff)
    {
        var at = line.IndexOf(TimeField);
        if (at < 0)
            return false;
        var ts = line[(at + TimeField.Length)..];
        return ts.Length >= cutoff.Length && ts[..cutoff.Length].SequenceCompareTo(cutoff) < 0;
    }

    private static void WriteLine(ReadOnlySpan<byte> line, bool late, IBufferWriter<byte> output)
    {
        if (late && line[^1] == (byte)'}')
        {
            output.Write(line[..^1]);
            output.Write(LateField);
        }
        else
        {
            output.Write(line);
        }

        output.Write([LineBreak]);
    }
}
