using System.Text.Json;

namespace Penstock.Central.Kafka;

/// <summary>
/// Which cluster and topic ids stood behind the names the last time, in a small file of the data folder. Only for telling
/// people that something was made anew: the positions themselves go by id.
/// </summary>
internal sealed class StreamMemory(string path)
{
    /// <summary>What is another one than the last time; remembers the present one.</summary>
    public IReadOnlyList<string> Remember(StreamMap map)
    {
        var former = Read();
        try
        {
            File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(map, CentralJson.Default.StreamMap));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // nothing depends on it
        }

        return former is null ? []
            : former.Cluster != map.Cluster ? [$"cluster {map.Cluster} (was {former.Cluster})"]
            : [.. map.ChangedSince(former).Select(topic => $"topic {topic}")];
    }

    private StreamMap? Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), CentralJson.Default.StreamMap);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
