using Confluent.Kafka;
using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.Central.Kafka;

/// <summary>
/// Collects messages until a batch is due: by count, by bytes, or by the age of its first message. Keeps the next offset of
/// every partition it took from. Of heartbeats the newest per agent is enough.
/// </summary>
internal sealed class BatchBuilder(StreamMap map, TimeProvider clock)
{
    public const int MaxMessages = 20_000;
    public const long MaxBytes = 16L << 20;
    public static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<TopicPartition, long> _next = [];
    private List<Numbered<Reading>> _readings = [];
    private List<Numbered<Event>> _events = [];
    private List<RefusedLine> _refused = [];
    private List<MessageOrigin> _origins = [];
    private List<TagInfo> _tags = [];
    private Dictionary<string, HeartbeatMessage> _heartbeats = [];
    private int _messages;
    private long _bytes;
    private long _first;

    public bool IsEmpty => _messages == 0;

    public bool IsFull => _messages >= MaxMessages || _bytes >= MaxBytes;

    public bool IsDue => IsFull || (!IsEmpty && clock.GetElapsedTime(_first) >= MaxAge);

    public void Add(TopicPartition partition, long offset, object? content, int bytes)
    {
        if (_messages++ == 0)
            _first = clock.GetTimestamp();
        _bytes += bytes;
        _next[partition] = offset + 1;
        var line = _origins.Count;
        _origins.Add(new(partition.Topic, partition.Partition.Value, offset));
        switch (content)
        {
            case Reading reading:
                _readings.Add(new(line, reading));
                break;
            case Event item:
                _events.Add(new(line, item));
                break;
            case PoisonMessage poison:
                var (agent, epoch, seq) = poison.Identity;
                _refused.Add(new(line, agent, epoch, seq, poison.Reason, poison.Value) { Origin = _origins[line] });
                break;
            case TagInfo tag:
                _tags.Add(tag);
                break;
            case HeartbeatMessage beat:
                _heartbeats[beat.Heartbeat.Agent] = beat;
                break;
        }
    }

    /// <summary>The batch so far; the builder begins anew.</summary>
    public Batch Build()
    {
        List<StreamPosition> read = [.. _next.Select(n => new StreamPosition(map.Cluster, map.IdOf(n.Key.Topic), n.Key.Partition.Value, n.Value))];
        List<TopicPartitionOffset> offsets = [.. _next.Select(n => new TopicPartitionOffset(n.Key, n.Value))];
        var batch = new Batch(new(_readings, _events, _refused), _origins, _tags, _heartbeats.Values, read, offsets);
        (_readings, _events, _refused, _origins, _tags, _heartbeats) = ([], [], [], [], [], []);
        (_messages, _bytes) = (0, 0);
        _next.Clear();
        return batch;
    }
}
