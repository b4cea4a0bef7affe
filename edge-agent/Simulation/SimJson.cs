using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.EdgeAgent.Simulation;

/// <summary>Where the simulator plays what, for programs: one line of JSON.</summary>
internal static class SimJson
{
    public static string Ready(IReadOnlyList<Played> played) => JsonSerializer.Serialize(
        new SimReady([.. played.Select(one => new SimAddress(one.Role.Name, one.Role.Profile.Id, "127.0.0.1", one.Port, one.Role.UnitId))]),
        SimJsonContext.Default.SimReady);
}

/// <summary>The line that <c>profile sim --format json</c> prints when all servers listen.</summary>
internal sealed record SimReady(IReadOnlyList<SimAddress> Ready);

/// <summary>One device that is played.</summary>
internal sealed record SimAddress(string Name, string Profile, string Host, int Port, byte UnitId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SimReady))]
internal sealed partial class SimJsonContext : JsonSerializerContext;
