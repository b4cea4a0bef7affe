namespace Penstock.Central.Access;

/// <summary>
/// A secret stands outside of the command line and of configuration files: <c>env:NAME</c>, <c>file:/path</c>, or
/// <c>credential:NAME</c> (systemd's LoadCredential). The same forms as in the agent's site file.
/// </summary>
internal static class SecretReference
{
    private const int MaxBytes = 64 << 10;

    public static bool Is(string text) =>
        text.StartsWith("env:", StringComparison.Ordinal) || text.StartsWith("file:", StringComparison.Ordinal) || text.StartsWith("credential:", StringComparison.Ordinal);

    /// <summary>The secret without surrounding blanks; null when it is missing, empty, unreadable or larger than 64 KiB.</summary>
    public static string? Read(string reference)
    {
        var colon = reference.IndexOf(':', StringComparison.Ordinal);
        var name = reference[(colon + 1)..];
        var secret = reference[..Math.Max(colon, 0)] switch
        {
            "env" => Environment.GetEnvironmentVariable(name),
            "file" => ReadFile(name),
            "credential" when Path.GetFileName(name) == name && Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } folder =>
                ReadFile(Path.Combine(folder, name)),
            _ => null,
        };
        return secret?.Trim() is { Length: > 0 } found ? found : null;
    }

    private static string? ReadFile(string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaxBytes ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null; // the caller names the reference and the repair
        }
    }
}
