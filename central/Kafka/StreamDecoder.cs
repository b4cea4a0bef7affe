using Confluent.Kafka;
using Penstock.Central.Ingest;
using Penstock.Contracts;

namespace Penstock.Central.Kafka;

/// <summary>A heartbeat and the bytes it came in.</summary>
internal sealed record HeartbeatMessage(Heartbeat Heartbeat, byte[] Json);

/// <summary>A message that is no record, its value, and the identity when it could be read.</summary>
internal sealed record PoisonMessage(string Reason, byte[] Value, RecordIdentity Identity);

/// <summary>
/// From the bytes of a message to a <see cref="Reading"/>, <see cref="Event"/>, <see cref="TagInfo"/>,
/// <see cref="HeartbeatMessage"/> or <see cref="PoisonMessage"/>; null is a tombstone of a compacted topic. Reads the
/// client's own memory, so that no value is copied but those that are kept. Never throws: what cannot be read is poison.
/// </summary>
internal sealed class StreamDecoder(Topics topics) : IDeserializer<object?>
{
    /// <summary>Size of the value decoded last. The client decodes on the thread that consumes.</summary>
    public int LastBytes { get; private set; }

    public object? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        LastBytes = data.Length;
        try
        {
            return context.Topic == topics.Tags ? Tag(data, isNull)
                : context.Topic == topics.Agents ? Beat(data, isNull)
                : Record(data, isNull);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new PoisonMessage($"the message cannot be read: {e.Message}", data.ToArray(), default);
        }
    }

    // An event in the topic of readings is an event: the sender's mistake costs nothing.
    private static object Record(ReadOnlySpan<byte> data, bool isNull)
    {
        if (data.IsEmpty)
            return new PoisonMessage(isNull ? "the message has no value" : "the message is empty", [], default);
        var reason = RecordLine.TryDecode(data, out var reading, out var item);
        return reason is null ? (object?)reading ?? item! // no reason, so there is one of them
            : new PoisonMessage(reason, data.ToArray(), RecordLine.Identity(data));
    }

    private static object? Tag(ReadOnlySpan<byte> data, bool isNull) =>
        isNull ? null
        : RecordCodec.TryDecode(data, out TagInfo? tag) is { } reason ? new PoisonMessage(reason, data.ToArray(), default)
        : tag;

    private static object? Beat(ReadOnlySpan<byte> data, bool isNull)
    {
        if (isNull)
            return null;
        var json = data.ToArray();
        return RecordCodec.TryDecode(json, out Heartbeat? heartbeat) is { } reason
            ? new PoisonMessage(reason, json, default)
            : new HeartbeatMessage(heartbeat!, json); // no reason, so there is one
    }
}
