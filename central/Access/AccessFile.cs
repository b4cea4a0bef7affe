using Penstock.Contracts;

namespace Penstock.Central.Access;

/// <summary>Who may enter. Only hashes of secrets stand here.</summary>
internal sealed record AccessFile
{
    public IReadOnlyList<IngestToken> Tokens { get; init; } = [];

    public IReadOnlyList<LoginCode> Codes { get; init; } = [];

    public IReadOnlyList<Session> Sessions { get; init; } = [];
}

internal sealed record IngestToken(string Name, string Hash, Timestamp Created);

/// <summary>Opens one session, once.</summary>
internal sealed record LoginCode(string Hash, Timestamp Expires);

internal sealed record Session(string Hash, Timestamp Created, Timestamp Expires);
