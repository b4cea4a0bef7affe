namespace Penstock.EdgeAgent.Site;

/// <summary>
/// Secrets stand outside the site file: <c>env:NAME</c> (environment), <c>file:/path</c>, <c>credential:NAME</c> (systemd's
/// LoadCredential, below <c>$CREDENTIALS_DIRECTORY</c>).
/// </summary>
internal static class Secrets
{
    private const int MaxBytes = 64 << 10;

    /// <summary>True when the text is a reference and not a secret itself.</summary>
    public static bool IsReference(string text) =>
        text.Split(':', 2) is [var kind, var name] && name.Length > 0 && kind switch
        {
            "env" => name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'),
            "file" => Path.IsPathRooted(name),
            "credential" => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') && name is not ("." or ".."),
            _ => false,
        };

    /// <summary>The secret without surrounding blanks; null when it is missing, unreadable or larger than 64 KiB.</summary>
    public static string? Read(string reference)
    {
        if (!IsReference(reference))
            return null;
        var parts = reference.Split(':', 2);
        return parts[0] switch
        {
            "env" => Environment.GetEnvironmentVariable(parts[1])?.Trim(),
            "file" => ReadFile(parts[1]),
            _ => Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } folder ? ReadFile(Path.Combine(folder, parts[1])) : null,
        };
    }

    private static string? ReadFile(string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaxBytes ? File.ReadAllText(path).Trim() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null; // the caller names the reference and the repair
        }
    }
}
