namespace Penstock.Contracts;

/// <summary>Names of the Kafka topics; each may be set apart. A name follows Kafka's rule: letters, digits, <c>.</c>, <c>_</c>, <c>-</c>, at most 249.</summary>
public sealed record Topics
{
    /// <summary>Readings; key <c>site/device</c>.</summary>
    public string Readings { get; init; } = "penstock.readings";

    /// <summary>Events, gaps among them; key <c>site/device</c>, or <c>site</c> when the event names no device.</summary>
    public string Events { get; init; } = "penstock.events";

    /// <summary>Tag infos, compacted; key is the full name.</summary>
    public string Tags { get; init; } = "penstock.tags";

    /// <summary>Heartbeats, compacted; key is the agent.</summary>
    public string Agents { get; init; } = "penstock.agents";

    /// <summary>What the historian holds, centre to agents; key is the agent.</summary>
    public string Confirmed { get; init; } = "penstock.confirmed";

    /// <summary>Results of the analytics.</summary>
    public string Results { get; init; } = "penstock.results";

    /// <summary>Messages that could not be taken, with the reason in headers.</summary>
    public string DeadLetters { get; init; } = "penstock.dead-letters";

    /// <summary>The key of a device's records.</summary>
    public static string Key(string site, string? device) => device is null ? site : $"{site}/{device}";

    /// <summary>True when Kafka accepts the name.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= 249 && name is not ("." or "..") && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
