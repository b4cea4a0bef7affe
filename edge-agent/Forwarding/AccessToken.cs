namespace Penstock.EdgeAgent.Forwarding;

/// <summary>
/// The ingest token, by reference: <c>file:/path</c>, <c>env:NAME</c>, <c>credential:NAME</c> (systemd), or none. Read at every
/// request, so a renewed file counts at once.
/// </summary>
internal sealed class AccessToken(string? reference, Func<string, string?> read)
{
    /// <summary>For messages: where the token comes from, never the token.</summary>
    public string Reference => reference ?? "forward.token is not set";

    /// <summary>Null when the site names no token.</summary>
    /// <exception cref="LinkException">The reference leads to nothing.</exception>
    public string? Read()
    {
        if (reference is null)
            return null;
        return read(reference) is { Length: > 0 } token
            ? token
            : throw new LinkException($"the token {reference} cannot be read or is empty; write the ingest token that penstock-central printed there");
    }
}
