using Penstock.Protocols.Profiles;

namespace Penstock.Protocols;

/// <summary>One device of the site, with its profile and every override applied.</summary>
public sealed record DeviceSettings
{
    public required string Name { get; init; }

    /// <summary>The effective profile: overrides of the site are already in it, disabled registers are gone.</summary>
    public required DeviceProfile Profile { get; init; }

    public string Host { get; init; } = "127.0.0.1";

    /// <summary>TCP port, 1 to 65535.</summary>
    public int Port { get; init; } = 502;

    /// <summary>Unit id, 0 to 255 (1 to 247 unless the site says otherwise).</summary>
    public byte UnitId { get; init; } = 1;

    /// <summary>Levels separated by <c>/</c>.</summary>
    public string? Place { get; init; }

    /// <summary>The plant's own tag names, by tag.</summary>
    public IReadOnlyDictionary<string, string> PlantTags { get; init; } = new Dictionary<string, string>();
}

/// <summary>Makes sources for one kind of profile. One line in the agent's registry per protocol.</summary>
public interface IProtocol
{
    /// <summary>The profile kind it serves.</summary>
    string Kind { get; }

    ISource Create(DeviceSettings device, TimeProvider clock);
}
