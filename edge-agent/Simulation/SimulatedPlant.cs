using System.Net;
using Penstock.Protocols.Modbus.Server;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Simulation;

/// <summary>One device to play.</summary>
internal sealed record Role(string Name, DeviceProfile Profile, byte UnitId);

/// <summary>A role and where it is played.</summary>
internal sealed record Played(Role Role, int Port)
{
    public override string ToString() => $"{Role.Name} ({Role.Profile.Id}) at 127.0.0.1:{Port} unit {Role.UnitId}";
}

/// <summary>Servers on loopback that play devices from their profiles.</summary>
internal sealed class SimulatedPlant(int seed, bool faults, TimeProvider clock) : IAsyncDisposable
{
    private readonly List<ModbusTcpServer> _servers = [];
    private readonly List<Played> _played = [];

    public IReadOnlyList<Played> Played => _played;

    /// <summary>Plays devices behind one address; they differ in unit id.</summary>
    /// <param name="port">0 takes a free one.</param>
    /// <returns>The port.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken or not allowed.</exception>
    public int Play(IReadOnlyList<Role> roles, int port)
    {
        var units = new Dictionary<byte, SimulatedUnit>();
        foreach (var role in roles)
            units[role.UnitId] = Unit(role);
        var server = ModbusTcpServer.Start(new SimulatedBank(units), IPAddress.Loopback, port, clock);
        _servers.Add(server);
        _played.AddRange(roles.Select(role => new Played(role, server.Port)));
        return server.Port;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    /// <summary>Every device has its own sequence of random numbers, the same at every start with the same seed.</summary>
    private SimulatedUnit Unit(Role role)
    {
        var profile = faults ? role.Profile : role.Profile with { Simulate = role.Profile.Simulate with { Faults = [] } };
        return new(profile, unchecked(seed + (_servers.Count * 1009) + role.UnitId), clock);
    }
}
