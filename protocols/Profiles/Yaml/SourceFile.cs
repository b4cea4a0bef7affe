using System.Text;

namespace Penstock.Protocols.Profiles.Yaml;

/// <summary>The text of a profile or site file, with the name under which problems are reported.</summary>
public sealed class SourceFile
{
    /// <summary>Largest file that is read: 1 MiB.</summary>
    public const int MaxBytes = 1 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private SourceFile(string name, string text)
    {
        Name = name;
        Text = text;
        Lines = text.Split('\n').Select(l => l.TrimEnd('\r')).ToArray();
    }

    public string Name { get; }

    public string Text { get; }

    public IReadOnlyList<string> Lines { get; }

    public static SourceFile FromText(string name, string text) => new(name, text);

    /// <summary>Reads a file; null with the reason among the problems when it is missing, too large or not UTF-8.</summary>
    public static SourceFile? Read(string path, out Problem? problem)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return FromStream(path, stream, out problem);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            problem = Problem.OfFile(path, Codes.Unreadable, $"cannot be read: {e.Message}", "check the path and the access rights.");
            return null;
        }
    }

    private static SourceFile? FromStream(string path, Stream stream, out Problem? problem)
    {
        var buffer = new byte[MaxBytes + 1];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        problem = length > MaxBytes
            ? Problem.OfFile(path, Codes.Unreadable, "is larger than 1 MiB", "check that this is the right file; split a site into several agents.")
            : null;
        return problem is null ? FromBytes(path, buffer.AsSpan(0, length), out problem) : null;
    }

    /// <summary>Decodes strict UTF-8, with or without a byte order mark.</summary>
    public static SourceFile? FromBytes(string name, ReadOnlySpan<byte> bytes, out Problem? problem)
    {
        var body = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes;
        try
        {
            problem = null;
            return new SourceFile(name, Strict.GetString(body));
        }
        catch (DecoderFallbackException e)
        {
            var line = 1 + body[..Math.Max(0, Math.Min(e.Index, body.Length))].Count((byte)'\n');
            problem = Problem.OfFile(name, Codes.NotText, "is not UTF-8 text", "save the file as UTF-8 in your editor; look for ° or µ typed in an older code page.") with { Line = line };
            return null;
        }
    }
}
